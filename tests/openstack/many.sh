#!/bin/bash
# Gives the project demo so many images without data, named many-00000 and on: the journey of thousands wants them, and
# through the API two thousand take Glance ten minutes. Glance reads them as its own. Safe to run again.
#   many.sh [COUNT]
set -euo pipefail
SRC=$(cd "$(dirname "$0")" && pwd)
. "$SRC/lib/common.sh"
. "$SRC/lib/start.sh"

count=${1:-2000}
mysql_root glance <<END
INSERT INTO images (id, name, status, visibility, created_at, updated_at, deleted, disk_format, container_format, owner, min_disk, min_ram, protected, os_hidden)
SELECT uuid(), wanted.name, 'queued', 'shared', utc_timestamp(), utc_timestamp(), 0, 'raw', 'bare', project.id, 0, 0, 0, 0
FROM (SELECT concat('many-', lpad(seq, 5, '0')) AS name FROM seq_0_to_99999 WHERE seq < $count) AS wanted
JOIN keystone.project AS project ON project.name = 'demo' AND project.is_domain = 0
WHERE wanted.name NOT IN (SELECT name FROM images WHERE deleted = 0 AND name LIKE 'many-%');
END
