"""The WSGI door. Picture bytes and leases take the short way; everything else is Django's."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelight.project.settings")

from django.core.wsgi import get_wsgi_application

from safelight.web.clinic.byte_path import with_byte_path
from safelight.web.display.lease_path import with_lease_path
from safelight.web.heads import with_plain_heads
from safelight.web.listening import with_bounded_listening

application = with_plain_heads(
    with_bounded_listening(with_lease_path(with_byte_path(get_wsgi_application())))
)

# The server copies the environment into every request; secrets have been read by now.
for _name in ("SAFELIGHT_SECRET_KEY", "SAFELIGHT_ROOT_PASSPHRASE"):
    os.environ.pop(_name, None)
