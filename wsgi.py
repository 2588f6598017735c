"""What gunicorn and `flask` load."""

import os
import sys

from app import create_app
from app.config import ConfigError

try:
    app = create_app(has_shell="FLASK_RUN_FROM_CLI" in os.environ)
except ConfigError as error:
    sys.exit(f"Nahplatz does not start: {error}")
