"""Say when a seat that nobody came to is free for others."""

from __future__ import annotations

from datetime import datetime

from app import transaction
from app.spaces import steps


@transaction.write
def change_release(*, slug: str, person_id: int, minutes: int | None, now: datetime) -> bool:
    """Release seats `minutes` (15 to 480) after the start when nobody has checked in; None: never.

    Returns whether that is different from before. Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    before = kept.space.release_after
    if before == minutes:
        return False
    kept.space.release_after = minutes
    steps.write_down(kept, "change_release", {"before": before, "after": minutes}, now=now)
    return True
