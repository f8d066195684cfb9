# Shared settings and helpers. Sourced by up.sh and down.sh.
export LAB=${LAB:-/var/tmp/slipway-openstack}     # everything generated lives here; MariaDB's user must reach it
HOST=${LAB_HOST:-127.0.0.1}                    # every service listens here only
WEB_PORT=8090 GATEWAY_PORT=8091                # the console: its files alone, and with the APIs behind it
ORIGINS=${LAB_ORIGINS:-http://$HOST:$WEB_PORT}
REGION=RegionOne
SECRET=lab-secret                              # every service account and database
ADMIN_PASSWORD=admin-secret
DEMO_PASSWORD=demo-secret

KEYSTONE=http://$HOST:5000/v3
DB_PORT=3306 MQ_PORT=5672 CACHE_PORT=11211 SWIFT_PORT=8880

VENV=$LAB/venv OSC=$LAB/osc ETC=$LAB/etc DATA=$LAB/data RUN=$LAB/run LOG=$LAB/log
export PATH=$VENV/bin:$PATH
# oslo.config looks for PROJECT.conf in $SNAP_COMMON/etc/PROJECT. The CORS filter
# reads its settings that way only, whatever --config-file says.
export SNAP_COMMON=$LAB PYTHONWARNINGS=ignore

say() { printf '%(%H:%M:%S)T %s\n' -1 "$*"; }

running() { [ -s "$RUN/$1.pid" ] && kill -0 "$(cat "$RUN/$1.pid")" 2>/dev/null; }

# spawn NAME COMMAND...: start a daemon once, with a pid file and a log.
spawn() {
  local name=$1; shift
  running "$name" && return
  setsid "$@" >>"$LOG/$name.log" 2>&1 </dev/null &
  echo $! >"$RUN/$name.pid"
}

# wait_for NAME COMMAND...: up to two minutes for COMMAND to succeed.
wait_for() {
  local name=$1 i; shift
  for ((i = 0; i < 240; i++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.5
  done
  say "$name did not come up; last lines of $LOG/$name.log:"; tail -20 "$LOG/$name.log"; exit 1
}

answers() { curl -s -m 5 -o /dev/null "$1"; }

# once NAME COMMAND...: run a slow step that need not be repeated.
once() {
  local mark=$RUN/done.$1; shift
  [ -e "$mark" ] || { "$@" && touch "$mark"; }
}
