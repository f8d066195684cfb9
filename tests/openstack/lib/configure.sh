# Writes every configuration file under $ETC.

conf() { mkdir -p "$(dirname "$ETC/$1")"; cat >"$ETC/$1"; }
db() { echo "mysql+pymysql://lab:$SECRET@$HOST:$DB_PORT/$1?charset=utf8mb4"; }

cors() { cat <<END
[cors]
allowed_origin = $ORIGINS
allow_methods = GET,PUT,POST,DELETE,PATCH,HEAD,OPTIONS
allow_headers = X-Auth-Token,X-Subject-Token,X-Project-Id,X-OpenStack-Request-ID,OpenStack-API-Version,X-OpenStack-Nova-API-Version,Content-Type,Content-MD5,Accept,Accept-Encoding,Range,Content-Range,X-Image-Meta-Store,X-OpenStack-Image-Size
expose_headers = X-Subject-Token,X-OpenStack-Request-ID,OpenStack-API-Version,X-OpenStack-Nova-API-Version,OpenStack-image-import-methods,OpenStack-image-store-ids,Location,Content-MD5,Content-Range,Retry-After,WWW-Authenticate
END
}

service_login() { cat <<END
auth_type = password
auth_url = $KEYSTONE
username = $1
password = $SECRET
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = $REGION
END
}

authtoken() { cat <<END
[keystone_authtoken]
$(service_login "$1")
www_authenticate_uri = $KEYSTONE
memcached_servers = $HOST:$CACHE_PORT
service_token_roles = service
service_token_roles_required = true
END
}

common() { cat <<END                # [DEFAULT] lines shared by RPC services
transport_url = rabbit://guest:guest@$HOST:$MQ_PORT/
state_path = $DATA/$1
END
}

configure_all() {
  mkdir -p "$DATA"/{mariadb,rabbitmq,swift/d1,glance/{fast,slow,staging,tasks},nova,neutron,cinder/{conversion,volumes}}
  configure_infrastructure
  configure_keystone; configure_glance; configure_swift
  configure_placement; configure_nova; configure_neutron; configure_cinder
  openrc admin admin "$ADMIN_PASSWORD"; openrc demo demo "$DEMO_PASSWORD"; openrc other other "$DEMO_PASSWORD"
}

openrc() { cat >"$LAB/env/openrc-$1" <<END
export OS_AUTH_URL=$KEYSTONE OS_IDENTITY_API_VERSION=3 OS_REGION_NAME=$REGION
export OS_USERNAME=$1 OS_PASSWORD=$3 OS_PROJECT_NAME=$2
export OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default
export PATH=$OSC/bin:\$PATH
END
}

configure_infrastructure() {
  conf mariadb.cnf <<END
[mysqld]
user = mysql
datadir = $DATA/mariadb
socket = $DATA/mariadb/mariadb.sock
bind-address = $HOST
port = $DB_PORT
max_connections = 400
innodb_buffer_pool_size = 256M
innodb_flush_log_at_trx_commit = 0
innodb_doublewrite = 0
character-set-server = utf8mb4
END
  conf rabbitmq.env <<END
export HOME=$DATA/rabbitmq RABBITMQ_NODENAME=lab@localhost
export RABBITMQ_NODE_IP_ADDRESS=$HOST RABBITMQ_NODE_PORT=$MQ_PORT
export RABBITMQ_MNESIA_BASE=$DATA/rabbitmq RABBITMQ_LOG_BASE=$LOG
export ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
export PATH=/usr/lib/rabbitmq/bin:\$PATH
END
}

configure_keystone() {
  conf keystone/keystone.conf <<END
[database]
connection = $(db keystone)
[token]
provider = fernet
[fernet_tokens]
key_repository = $ETC/keystone/fernet-keys
[fernet_receipts]
key_repository = $ETC/keystone/fernet-keys
[credential]
key_repository = $ETC/keystone/credential-keys
[cache]
enabled = true
backend = dogpile.cache.memcached
memcache_servers = $HOST:$CACHE_PORT
$(cors)
END
}

configure_glance() {
  conf glance/glance-api.conf <<END
[DEFAULT]
enabled_backends = fast:file,slow:file
enabled_import_methods = [glance-direct,web-download,copy-image,glance-download]
use_keystone_limits = true
worker_self_reference_url = http://$HOST:9292
[glance_store]
default_backend = fast
[fast]
filesystem_store_datadir = $DATA/glance/fast
store_description = Default store
[slow]
filesystem_store_datadir = $DATA/glance/slow
store_description = Second store
[os_glance_staging_store]
filesystem_store_datadir = $DATA/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = $DATA/glance/tasks
[database]
connection = $(db glance)
[paste_deploy]
flavor = keystone
config_file = $ETC/glance/glance-api-paste.ini
[oslo_limit]
$(service_login glance | sed '/^project_/d; /^region/d')
system_scope = all
endpoint_service_type = image
endpoint_region_name = $REGION
endpoint_interface = public
$(authtoken glance)
$(cors)
END
  conf glance/glance-image-import.conf <<END
[image_import_opts]
image_import_plugins = []
[import_filtering_opts]
allowed_schemes = [http,https]
# Glance refuses loopback addresses unless they are named here.
allowed_hosts = [$HOST,localhost]
allowed_ports = [80,443,$SWIFT_PORT,$WEB_PORT]
END
  cp "$VENV/etc/glance/glance-api-paste.ini" "$ETC/glance/"
}

configure_swift() {
  conf swift/swift.conf <<END
[swift-hash]
swift_hash_path_suffix = lab
END
  local server
  for server in account:6202 container:6201 object:6200; do
    conf "swift/${server%:*}-server.conf" <<END
[DEFAULT]
bind_ip = $HOST
bind_port = ${server#*:}
user = root
swift_dir = $ETC/swift
devices = $DATA/swift
mount_check = false
workers = 0
log_level = INFO
[pipeline:main]
pipeline = healthcheck ${server%:*}-server
[app:${server%:*}-server]
use = egg:swift#${server%:*}
fallocate_reserve = 0
[filter:healthcheck]
use = egg:swift#healthcheck
[${server%:*}-updater]
interval = 5
END
  done
  conf swift/object-expirer.conf <<END
[DEFAULT]
user = root
swift_dir = $ETC/swift
devices = $DATA/swift
[object-expirer]
interval = 10
[pipeline:main]
pipeline = catch_errors cache proxy-server
[app:proxy-server]
use = egg:swift#proxy
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = $HOST:$CACHE_PORT
END
  conf swift/proxy-server.conf <<END
[DEFAULT]
bind_ip = $HOST
bind_port = $SWIFT_PORT
user = root
swift_dir = $ETC/swift
workers = 2
cors_allow_origin = $ORIGINS
cors_expose_headers = x-openstack-request-id, x-static-large-object, x-delete-at
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk tempurl authtoken keystoneauth copy container-quotas account-quotas slo dlo versioned_writes symlink proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true
cache = swift.cache
$(authtoken swift | sed '1d')
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin, member
reader_roles = reader
project_reader_roles = reader
[filter:cache]
use = egg:swift#memcache
memcache_servers = $HOST:$CACHE_PORT
$(for f in catch_errors gatekeeper healthcheck proxy-logging:proxy_logging listing_formats bulk tempurl copy container-quotas:container_quotas account-quotas:account_quotas slo dlo versioned_writes symlink; do
  echo "[filter:${f%:*}]"; echo "use = egg:swift#${f#*:}"
done)
END
  local ring
  for ring in account:6202 container:6201 object:6200; do
    once "ring-${ring%:*}" build_ring "$ETC/swift/${ring%:*}.builder" "${ring#*:}"
  done
}

build_ring() {
  swift-ring-builder "$1" create 6 1 1
  swift-ring-builder "$1" add "r1z1-$HOST:$2/d1" 100
  swift-ring-builder "$1" rebalance
} >>"$LOG/swift-rings.log"

configure_placement() {
  conf placement/placement.conf <<END
[placement_database]
connection = $(db placement)
[api]
auth_strategy = keystone
$(authtoken placement)
$(cors)
END
}

configure_nova() {
  conf nova/nova.conf <<END
[DEFAULT]
$(common nova)
host = lab
compute_driver = ${LAB_DRIVER:-lab.LabDriver}
osapi_compute_workers = 1
instances_path = $DATA/nova/instances
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 60
[database]
connection = $(db nova)
[api_database]
connection = $(db nova_api)
[oslo_concurrency]
lock_path = $DATA/nova/lock
[glance]
service_type = image
region_name = $REGION
[cinder]
os_region_name = $REGION
$(service_login nova | sed '/^region/d')
[placement]
$(service_login placement)
[neutron]
$(service_login neutron)
[service_user]
send_service_user_token = true
$(service_login nova)
[vnc]
novncproxy_base_url = http://$HOST:6080/vnc_auto.html
$(authtoken nova)
$(cors)
END
  cp "$VENV/etc/nova/api-paste.ini" "$ETC/nova/"
}

configure_neutron() {
  conf neutron/neutron.conf <<END
[DEFAULT]
$(common neutron)
core_plugin = ml2
service_plugins = router
api_paste_config = $VENV/etc/neutron/api-paste.ini
dhcp_agent_notification = false
notify_nova_on_port_status_changes = true
notify_nova_on_port_data_changes = true
[database]
connection = $(db neutron)
[oslo_concurrency]
lock_path = $DATA/neutron/lock
[nova]
$(service_login nova)
$(authtoken neutron)
$(cors)
END
  conf neutron/plugins/ml2/ml2_conf.ini <<END
[ml2]
type_drivers = flat,vxlan
tenant_network_types = vxlan
mechanism_drivers = lab
extension_drivers = port_security
[ml2_type_flat]
flat_networks = physnet1
[ml2_type_vxlan]
vni_ranges = 1:1000
END
}

configure_cinder() {
  conf cinder/cinder.conf <<END
[DEFAULT]
$(common cinder)
host = lab
enabled_backends = lab
default_volume_type = lab
glance_api_servers = http://$HOST:9292
image_conversion_dir = $DATA/cinder/conversion
api_paste_config = $VENV/etc/cinder/api-paste.ini
resource_query_filters_file = $VENV/etc/cinder/resource_filters.json
rootwrap_config = $VENV/etc/cinder/rootwrap.conf
[lab]
volume_driver = lab_drivers.volume.FileDriver
volume_backend_name = lab
# Root already, so no sudo.
[cinder_sys_admin]
helper_command = $VENV/bin/privsep-helper --config-file $ETC/cinder/cinder.conf
[privsep_osbrick]
helper_command = $VENV/bin/privsep-helper --config-file $ETC/cinder/cinder.conf
[coordination]
backend_url = file://$DATA/cinder/coordination
[database]
connection = $(db cinder)
[oslo_concurrency]
lock_path = $DATA/cinder/lock
[nova]
$(service_login nova)
[service_user]
send_service_user_token = true
$(service_login cinder)
$(authtoken cinder)
$(cors)
END
}
