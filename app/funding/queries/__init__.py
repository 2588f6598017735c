"""What is granted, what is left, and who may pay."""

from app.funding.queries.candidates import ALL, CANDIDATES, Candidate, Service, asked, candidate, candidates
from app.funding.queries.frames import frame_of, next_frame
from app.funding.queries.holding import Held, holdings
from app.funding.queries.payers import SELF, Part, Payer, choose, payer_name, payers, share_of

__all__ = [
    "ALL",
    "CANDIDATES",
    "SELF",
    "Candidate",
    "Held",
    "Part",
    "Payer",
    "Service",
    "asked",
    "candidate",
    "candidates",
    "choose",
    "frame_of",
    "holdings",
    "next_frame",
    "payer_name",
    "payers",
    "share_of",
]
