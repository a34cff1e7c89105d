"""The WSGI entry for gunicorn: `gunicorn csp_tracker.wsgi`. A server means production unless told otherwise."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csp_tracker.settings")
if not settings.configured:  # runserver and the tests have loaded theirs already
    os.environ.setdefault("CSP_TRACKER_ENV", "production")

application = get_wsgi_application()
