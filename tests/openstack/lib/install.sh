# Debian packages and two Python environments: the services, and the client.
PACKAGES="mariadb-server rabbitmq-server memcached liberasurecode-dev qemu-utils curl gcc python3-venv nginx-light"
SERVICES="keystone glance nova openstack-placement neutron cinder swift"

install_all() {
  if ! dpkg -s $PACKAGES >/dev/null 2>&1; then
    say "packages"
    apt-get -qq update
    # RUNLEVEL=1 keeps the packages from starting their own daemons.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
      -o DPkg::Lock::Timeout=300 install --no-install-recommends $PACKAGES >"$LOG/apt.log"
  fi
  [ -e "$VENV/complete" ] || install_services
  [ -e "$OSC/complete" ] || install_client
}

install_services() {
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install -q -c "$SRC/constraints.txt" \
    $SERVICES pyuwsgi pymysql python-memcached pymemcache 'setuptools>=77,<81'
  # From a copy: setuptools leaves its own folders beside what it builds.
  cp -r "$SRC/drivers" "$LAB/"
  "$VENV/bin/pip" install -q --no-build-isolation "$LAB/drivers"
  cp "$SRC/drivers/nova_virt/lab.py" "$VENV"/lib/python3*/site-packages/nova/virt/
  touch "$VENV/complete"
}

install_client() {
  python3 -m venv "$OSC"
  "$OSC/bin/pip" install -q -c "$SRC/constraints-client.txt" \
    python-openstackclient python-swiftclient requests
  touch "$OSC/complete"
}
