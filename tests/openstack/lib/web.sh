# The console before the cloud, in both ways that docs/hosting.md describes, with the very files in docs/hosting:
# served alone, on an origin that the services let in; and on one origin with the APIs behind it.
# SLIPWAY_DIST says where the built console is.

hosting=$SRC/../../docs/hosting

# as_console NAME CONFIG: a folder of links to the console's files, and its config.json.
as_console() {
  local folder=$LAB/www/$1
  rm -rf "$folder"; mkdir -p "$folder"
  ln -s "$(realpath "$SLIPWAY_DIST")"/* "$folder"
  rm -f "$folder/config.json"; cat >"$folder/config.json"
}

# adapted FILE PORT FOLDER: one of docs/hosting, with this cloud's addresses in place of the example's, without TLS.
adapted() {
  sed -e "s|listen 443 ssl http2|listen $HOST:$2|; /ssl_certificate/d; s|include docs/hosting/|include |" \
    -e "s|/srv/slipway|$3|; s|https://auth.cloud.example:5000|http://$HOST:5000|" \
    -e "s|https://api.cloud.example:8080|http://$HOST:$SWIFT_PORT|; s|https://api.cloud.example|http://$HOST|" "$hosting/$1"
}

configure_web() {
  mkdir -p "$ETC/nginx" "$DATA/nginx"
  # Small parts, so that small files have several.
  as_console cdn <<END
{ "clouds": [{ "id": "lab", "name": "OpenStack", "auth_url": "$KEYSTONE" }], "upload_segment_mib": 1 }
END
  python3 -c 'import json,sys; told = json.load(sys.stdin); told["upload_segment_mib"] = 1; json.dump(told, sys.stdout)' \
    <"$hosting/gateway-config.json" | as_console gateway
  cp "$hosting/caching.conf" "$hosting/api.conf" "$ETC/nginx/"
  local way port
  for way in cdn:$WEB_PORT gateway:$GATEWAY_PORT; do
    port=${way#*:} way=${way%:*}
    adapted console.conf "$port" "$LAB/www/$way" >"$ETC/nginx/console-$way.conf"
    adapted "$way.conf" "$port" "$LAB/www/$way" | sed "s|include console.conf|include console-$way.conf|" >"$ETC/nginx/$way.conf"
    site "$way" "$port"
  done
  cat >"$ETC/nginx/nginx.conf" <<END
daemon off;
user root;
pid $DATA/nginx/nginx.pid;
error_log $LOG/nginx-errors.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path $DATA/nginx/body; proxy_temp_path $DATA/nginx/proxy;
  fastcgi_temp_path $DATA/nginx/fastcgi; uwsgi_temp_path $DATA/nginx/uwsgi; scgi_temp_path $DATA/nginx/scgi;
  include caching.conf;
  include cdn.conf;
  include gateway.conf;
}
END
}

# site WAY PORT: what the journeys must know (tests/e2e/src/ground.rs).
site() {
  # Glance is told no port of the gateway's: parts cannot go there, and the canary finds it out.
  cat >"$LAB/env/site-$1.json" <<END
{ "console": "http://$HOST:$2", "auth_url": "$KEYSTONE", "region": "$REGION", "flavor": "m1.small",
  "network": "demo-net", "image": "cirros-0.6-lab", "other_image": "debian-12-lab", "rescue_image": "debian-12-lab",
  "fetched": "http://$HOST:$WEB_PORT/config.json", "fetches_parts": $([ "$1" = cdn ] && echo true || echo false) }
END
}

start_web() {
  spawn nginx nginx -p "$ETC/nginx/" -c nginx.conf
  wait_for nginx answers "http://$HOST:$WEB_PORT/index.html"
}
