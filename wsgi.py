"""What gunicorn and `flask` load."""

import sys

from app import create_app
from app.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Nahplatz does not start: {error}")
