"""Writes about who pays: quotas and programmes."""

from app.funding.operations.quotas import Ended, Grant, QuotaDraft, Taken, change_quota, end_quota, grant_quota

__all__ = ["Ended", "Grant", "QuotaDraft", "Taken", "change_quota", "end_quota", "grant_quota"]
