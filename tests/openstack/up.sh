#!/bin/bash
# Brings up an OpenStack control plane on loopback: installs, configures,
# starts, waits and seeds. Safe to run again. See README.md.
set -euo pipefail
SRC=$(cd "$(dirname "$0")" && pwd)
. "$SRC/lib/common.sh"
mkdir -p "$ETC" "$DATA" "$RUN" "$LOG" "$LAB/env"

. "$SRC/lib/install.sh"
. "$SRC/lib/configure.sh"
. "$SRC/lib/start.sh"
. "$SRC/lib/web.sh"

say "install";   install_all
say "configure"; configure_all
say "start";     start_all
say "seed";      "$OSC/bin/python" "$SRC/lib/seed.py"
[ -z "${LAB_COMPUTE-yes}" ] || nova-manage --config-file "$ETC/nova/nova.conf" cell_v2 discover_hosts >>"$LOG/steps.log" 2>&1
if [ -n "${SLIPWAY_DIST-}" ]; then
  say "console"; configure_web; start_web
fi
say "up: . $LAB/env/openrc-demo"
