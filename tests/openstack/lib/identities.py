"""Projects, users, roles, the service catalogue and Glance's limits. Safe to repeat."""

import os
import openstack

HOST = os.environ.get('LAB_HOST', '127.0.0.1')
REGION = 'RegionOne'
CATALOG = [
    ('keystone', 'identity', None),
    ('glance', 'image', ':9292'),
    ('swift', 'object-store', ':8880/v1/AUTH_%(project_id)s'),
    ('placement', 'placement', ':8778'),
    ('nova', 'compute', ':8774/v2.1'),
    ('neutron', 'network', ':9696'),
    ('cinder', 'block-storage', ':8776/v3'),
    ('cinderv3', 'volumev3', ':8776/v3'),
]
# MiB of stored and of staged data, images in all, uploads at a time.
LIMITS = {'image_size_total': 20480, 'image_stage_total': 20480,
          'image_count_total': 5000, 'image_count_uploading': 20}
SMALL = {'image_size_total': 64, 'image_stage_total': 64,
         'image_count_total': 5, 'image_count_uploading': 1}


def connect(user='admin', project='admin', password='admin-secret', **extra):
    return openstack.connect(
        auth_url=f'http://{HOST}:5000/v3', username=user, password=password,
        project_name=project, user_domain_name='Default',
        project_domain_name='Default', region_name=REGION, **extra)


def main():
    cloud = connect()
    identity = cloud.identity

    projects = {p.name: p for p in identity.projects()}
    for name in ('service', 'demo', 'other'):
        if name not in projects:
            projects[name] = identity.create_project(name=name, domain_id='default')
    roles = {r.name: r for r in identity.roles()}
    for name in ('service',):
        if name not in roles:
            roles[name] = identity.create_role(name=name)

    users = {u.name: u for u in identity.users()}

    def user(name, password, grants):
        if name not in users:
            users[name] = identity.create_user(
                name=name, password=password, domain_id='default')
        for project, names in grants.items():
            for role in names:
                identity.assign_project_role_to_user(
                    projects[project], users[name], roles[role])

    user('demo', 'demo-secret', {'demo': ['member', 'reader'], 'other': ['member', 'reader']})
    user('other', 'demo-secret', {'other': ['member', 'reader']})
    user('viewer', 'demo-secret', {'demo': ['reader']})
    for name in ('glance', 'swift', 'placement', 'nova', 'neutron', 'cinder'):
        user(name, 'lab-secret', {'service': ['service', 'admin']})
    identity.assign_system_role_to_user(users['glance'], roles['reader'], 'all')

    services = {s.type: s for s in identity.services()}
    for name, kind, path in CATALOG:
        if kind in services:
            continue
        services[kind] = identity.create_service(name=name, type=kind)
        for interface in ('public', 'internal'):
            identity.create_endpoint(
                service_id=services[kind].id, interface=interface,
                region_id=REGION, url=f'http://{HOST}{path}')

    image = services['image'].id
    if not list(identity.registered_limits(service_id=image)):
        identity.post('/registered_limits', json={'registered_limits': [
            {'service_id': image, 'region_id': REGION,
             'resource_name': name, 'default_limit': value}
            for name, value in LIMITS.items()]})
        identity.post('/limits', json={'limits': [
            {'service_id': image, 'region_id': REGION, 'resource_name': name,
             'resource_limit': value, 'project_id': projects['other'].id}
            for name, value in SMALL.items()]})


if __name__ == '__main__':
    main()
