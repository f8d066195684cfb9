"""The public images of the lab. Run as a program it makes them in another cloud (see wire.py), as `openstack` clients do."""

import pathlib
import re
import subprocess
import tempfile

IMAGES = [
    ('cirros-0.6-lab', 'qcow2', '112M', dict(
        os_distro='cirros', os_version='0.6', architecture='x86_64',
        hw_disk_bus='virtio', hw_rng_model='virtio', min_disk=1, min_ram=64)),
    ('debian-12-lab', 'qcow2', '2G', dict(
        os_distro='debian', os_version='12', architecture='x86_64',
        hw_disk_bus='scsi', hw_scsi_model='virtio-scsi',
        hw_qemu_guest_agent='yes', hw_rescue_device='disk',
        hw_rescue_bus='scsi', min_disk=10, min_ram=1024)),
    ('ubuntu-24.04-lab', 'raw', '16M', dict(
        os_distro='ubuntu', os_version='24.04', architecture='aarch64',
        hw_firmware_type='uefi', min_disk=10, min_ram=2048, tags=['lts'])),
    ('windows-2022-lab', 'vmdk', '64M', dict(
        os_distro='windows', os_version='2022', os_type='windows',
        architecture='x86_64', hw_disk_bus='sata', hw_vif_model='e1000',
        is_protected=True, min_disk=40, min_ram=4096)),
]


def disk(kind, size='64M', *options):
    """What qemu-img makes, always the same."""
    with tempfile.TemporaryDirectory() as folder:
        # A VMDK holds its own name.
        path = pathlib.Path(folder, 'disk.' + kind)
        subprocess.run(['qemu-img', 'create', '-q', '-f', kind, *options, path, size], check=True)
        data = path.read_bytes()
    # qemu-img gives each VMDK a random id, too.
    return re.sub(rb'(?<!parent)CID=[0-9a-f]{8}', b'CID=00000001', data) if kind == 'vmdk' else data


def lab_disk(kind, size):
    return disk(kind, size, *(['-o', 'subformat=streamOptimized'] if kind == 'vmdk' else []))


def main():
    from wire import ADMIN, Transcript, login
    token, urls, _ = login(*ADMIN)
    wire, me = Transcript('quiet'), {'X-Auth-Token': token}
    for name, kind, size, attributes in IMAGES:
        properties = {{'is_protected': 'protected'}.get(key, key): value for key, value in attributes.items()}
        # What openstacksdk adds to the images that it makes; and they are nobody's who signs in here.
        properties |= {f'owner_specified.openstack.{key}': '' for key in ('md5', 'sha256')}
        properties |= {'owner_specified.openstack.object': f'images/{name}', 'owner': '0' * 31 + '1'}
        body = {'name': name, 'disk_format': kind, 'container_format': 'bare', 'visibility': 'public', **properties}
        status, _, image = wire.call('POST', urls['image'] + '/v2/images', body, me, record=False)
        assert status == 201, image
        status, _, said = wire.call('PUT', f"{urls['image']}/v2/images/{image['id']}/file", lab_disk(kind, size),
                                    {**me, 'Content-Type': 'application/octet-stream'}, record=False)
        assert status == 204, said


if __name__ == '__main__':
    main()
