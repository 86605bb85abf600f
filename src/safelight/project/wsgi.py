"""The WSGI door. Picture bytes take the short way to the gate; everything else is Django's."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelight.project.settings")

application = get_wsgi_application()
