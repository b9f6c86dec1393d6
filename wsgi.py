"""The WSGI entry for any server: `gunicorn wsgi:application`."""

from config import Settings
from portal.logs import configure_logs
from portal.web.app import create_app
from portal.wiring import wire

settings = Settings()
configure_logs(settings)
application = create_app(wire(settings))
