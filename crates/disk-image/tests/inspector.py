"""What oslo.utils' image inspector, the one that Glance, Nova and Cinder run, says of files: a JSON object a line.

Run with the Python of the openstack client, which brings oslo.utils along.
"""
import json
import logging
import sys

from oslo_utils.imageutils import format_inspector

logging.disable(logging.CRITICAL)

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        wrapper = format_inspector.InspectWrapper(file)
        while wrapper.read(65536):
            pass
        wrapper.close()
    formats = {str(inspector): inspector for inspector in wrapper.formats}
    # As Glance has it: a disc may have a partition table besides, anything else that is two things is refused.
    names = set(formats)
    chosen = "iso" if names == {"iso", "gpt"} else next(iter(names)) if len(names) == 1 else None
    safe = False
    if chosen:
        try:
            formats[chosen].safety_check()
            safe = True
        except Exception:
            pass
    print(json.dumps({"file": path, "formats": sorted(names), "safe": safe}))
