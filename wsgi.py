"""The WSGI entry for any server: `gunicorn wsgi:application`."""

from config import Settings
from portal.web.app import create_app
from portal.wiring import wire

application = create_app(wire(Settings()))
