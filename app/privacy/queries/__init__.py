"""What is stored about a person: a short form for the profile, all of it for the export, and who did what."""

from app.privacy.queries.export import PARTS, Profile, everything_about, profile
from app.privacy.queries.protocol import Line, lines_for

__all__ = ["PARTS", "Line", "Profile", "everything_about", "lines_for", "profile"]
