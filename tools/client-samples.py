#!/usr/bin/env python3
"""Cuts the samples of tests/contract/client out of transcripts of a real cloud.

usage: tools/client-samples.py <folder with keystone.json, glance-list.json, …>

A transcript is a list of {note, request, response}. Each sample below is one of its answers, whole, with the headers that
a client may look at; tokens were shortened when the transcript was taken. Run it again only for new samples.
"""

import json
import pathlib
import sys

# name of the sample: (transcript, the start of the request line, its note or None, which of those that match)
SAMPLES = {
    "keystone-token-project": ("keystone", "POST /v3/auth/tokens", "password, project scope", 0),
    "keystone-token-unscoped": ("keystone", "POST /v3/auth/tokens", 'password, scope "unscoped"', 0),
    "keystone-token-application-credential": ("keystone", "POST /v3/auth/tokens", "log in with it, by id", 0),
    "keystone-projects": ("keystone", "GET /v3/auth/projects", "projects I may scope to", 0),
    "keystone-validate": ("keystone", "GET /v3/auth/tokens", "validate my own token", 0),
    "keystone-401": ("keystone", "POST /v3/auth/tokens", "wrong password", 0),
    "keystone-401-scope": ("keystone", "POST /v3/auth/tokens", "with a scope as well", 0),
    "keystone-403": ("keystone", "GET /v3/projects", "what demo may not list", 0),
    "keystone-400": ("keystone", "POST /v3/auth/tokens", "malformed", 0),
    "glance-list": ("glance-list", "GET /v2/images?visibility=public", "visibility=public", 0),
    "glance-list-page": ("glance-list", "GET /v2/images?limit=2 ", "limit=2", 0),
    "glance-list-private-empty": ("glance-list", "GET /v2/images?visibility=private", "visibility=private", 0),
    "glance-created": ("glance-create", "POST /v2/images", None, 0),
    "glance-active": ("glance-create", "GET /v2/images/", "after the upload: hashes, size, virtual_size, stores", 0),
    "glance-no-formats": ("glance-import-direct", "POST /v2/images", "a record without formats", 0),
    "glance-snapshot": ("nova-servers", "GET /v2/images/", "poll", 1),
    "glance-volume-snapshot": ("nova-servers", "GET /v2/images/", "no data: size 0, block_device_mapping property", 0),
    "glance-after-mismatch": ("glance-errors", "GET /v2/images/", "state after the mismatch", 0),
    "glance-importing": ("glance-import-web", "GET /v2/images/", "poll", 1),
    "glance-import-failed": ("glance-import-web", "GET /v2/images/", "state after: expired signature", 0),
    "glance-tasks-failed": ("glance-import-web", "GET /v2/images/", "tasks after: expired signature", 0),
    "glance-tasks-success": ("glance-import-direct", "GET /v2/images/", "its tasks", 0),
    "glance-members": ("glance-members", "GET /v2/images/", "members, as owner", 0),
    "glance-member": ("glance-members", "POST /v2/images/", "share", 0),
    "glance-schema": ("glance-discovery", "GET /v2/schemas/image ", None, 0),
    "glance-import-methods": ("glance-discovery", "GET /v2/info/import", None, 0),
    "glance-stores": ("glance-discovery", "GET /v2/info/stores ", None, 0),
    "glance-usage": ("glance-quota", "GET /v2/info/usage", "full", 0),
    "glance-400-schema": ("glance-create", "PATCH /v2/images/", "a string where a number belongs", 0),
    "glance-400-uri": ("glance-import-web", "POST /v2/images/", "refused port", 0),
    "glance-401": ("glance-discovery", "GET /v2/images", "no token", 0),
    "glance-403-protected": ("glance-create", "DELETE /v2/images/", "delete a protected image: 403", 0),
    "glance-403-publish": ("glance-errors", "POST /v2/images", "visibility=public as demo: 403", 0),
    "glance-404": ("glance-errors", "GET /v2/images/", "404", 0),
    "glance-409-state": ("glance-create", "PUT /v2/images/", "upload again: 409", 0),
    "glance-409-property": ("glance-create", "PATCH /v2/images/", "remove what is not there", 0),
    "glance-413": ("glance-quota", "POST /v2/images", "fourth record: 413", 0),
    "glance-415-content": ("glance-errors", "PUT /v2/images/", "raw zeros sent as qcow2", 0),
    "glance-500": ("glance-errors", "PUT /v2/images/", "retry with true data", 0),
    "nova-version": ("nova", "GET /v2.1/ ", None, 0),
    "nova-flavors": ("nova", "GET /v2.1/flavors/detail ", "2.61: extra_specs and description", 0),
    "nova-flavors-page": ("nova", "GET /v2.1/flavors/detail?minRam", None, 0),
    "nova-keypairs": ("nova", "GET /v2.1/os-keypairs", None, 0),
    "nova-limits": ("nova", "GET /v2.1/limits", "2.57 drops network and file limits", 0),
    "nova-zones": ("nova", "GET /v2.1/os-availability-zone ", None, 0),
    "nova-created": ("nova-servers", "POST /v2.1/servers ", "boot from image: 202 and Location", 0),
    "nova-building": ("nova-servers", "GET /v2.1/servers/", "poll", 0),
    "nova-active": ("nova-servers", "GET /v2.1/servers/", "poll", 3),
    "nova-on-volume": ("nova-servers", "GET /v2.1/servers/", "poll", 7),
    "nova-actions": ("nova-servers", "GET /v2.1/servers/", "os-instance-actions", 0),
    "nova-attachments": ("nova-servers", "GET /v2.1/servers/", "os-volume_attachments", 0),
    "nova-console-log": ("nova-servers", "POST /v2.1/servers/", "os-getConsoleOutput", 0),
    "nova-snapshot": ("nova-servers", "POST /v2.1/servers/", "snapshot, 2.45+: image_id in the body", 0),
    "nova-snapshot-old": ("nova-servers", "POST /v2.1/servers/", "snapshot, 2.1: Location only", 0),
    "nova-400-flavor": ("nova-servers", "POST /v2.1/servers ", "flavour too small for the image", 0),
    "nova-401": ("nova", "GET /v2.1/servers", "no token", 0),
    "nova-403-quota": ("nova-servers", "POST /v2.1/servers ", "over quota", 0),
    "nova-404": ("nova", "GET /v2.1/servers/", "404", 0),
    "nova-406": ("nova", "GET /v2.1/servers", "microversion too new: 406", 0),
    "nova-409": ("nova-servers", "POST /v2.1/servers/", "rescue again: 409", 0),
    "neutron-networks": ("neutron", "GET /v2.0/networks ", None, 0),
    "neutron-networks-page": ("neutron", "GET /v2.0/networks?limit=1", None, 0),
    "neutron-subnets": ("neutron", "GET /v2.0/subnets", None, 0),
    "neutron-ports": ("neutron", "GET /v2.0/ports", None, 0),
    "neutron-security-groups": ("neutron", "GET /v2.0/security-groups ", None, 0),
    "neutron-403": ("neutron", "POST /v2.0/networks", "shared as demo: 403", 0),
    "neutron-404": ("neutron", "GET /v2.0/networks/none", "404", 0),
    "cinder-types": ("cinder", "GET /v3/types ", None, 0),
    "cinder-default-type": ("cinder", "GET /v3/types/default", None, 0),
    "cinder-limits": ("cinder", "GET /v3/limits", None, 0),
    "cinder-created": ("cinder", "POST /v3/volumes", "volume from an image: 202", 0),
    "cinder-available": ("cinder", "GET /v3/volumes/", "poll", 1),
    "cinder-400": ("cinder", "POST /v3/volumes", "smaller than min_disk: 400", 0),
    "cinder-413": ("cinder", "POST /v3/volumes", "over quota: 413", 0),
}

KEPT_HEADERS = {"content-type", "location", "x-subject-token", "x-openstack-request-id", "openstack-api-version"}


def matches(entry, start, note):
    """Whether an entry is asked for: by its note, or (nova's unnamed ones) by a word in its path or body."""
    line = entry["request"].get("line", "").replace(" HTTP/1.1", " ")
    if not line.startswith(start) or entry["response"] is None:
        return False
    if note is None or entry["note"] == note:
        return True
    return not entry["note"] and note in line + json.dumps(entry["request"].get("body"))


def main():
    wire = pathlib.Path(sys.argv[1])
    out = pathlib.Path(__file__).resolve().parent.parent / "tests/contract/client"
    out.mkdir(parents=True, exist_ok=True)
    for name, (transcript, start, note, nth) in SAMPLES.items():
        entries = json.loads((wire / f"{transcript}.json").read_text())
        found = [entry for entry in entries if matches(entry, start, note)]
        if len(found) <= nth:
            sys.exit(f"{name}: {transcript} has no such entry")
        answer = found[nth]["response"]
        sample = {
            "request": found[nth]["request"]["line"].removesuffix(" HTTP/1.1"),
            "status": answer["status"],
            "headers": [pair for pair in answer["headers"] if pair[0].lower() in KEPT_HEADERS],
            "body": answer.get("body"),
        }
        (out / f"{name}.json").write_text(json.dumps(sample, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(SAMPLES)} samples in tests/contract/client")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
