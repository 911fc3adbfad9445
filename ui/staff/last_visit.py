"""What a person is told of their own sign-ins, so that a stranger's is noticed."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.formats import moment_text
from ward_app.staff.types import SignedIn


def last_visit_words(person: SignedIn, zone: tzinfo, now: datetime) -> str:
    """Return when and where the sign-in before was, and how many tries failed since.

    As in "Last sign-in 12-Nov 07:31 at Ward 3 station 2; 2 failed attempts since."
    Empty where there is nothing to tell: the first sign-in, and none that failed.
    """
    parts = []
    if person.last_signed_in_at is not None:
        at = f" at {person.last_workstation}" if person.last_workstation else ""
        parts.append(f"Last sign-in {moment_text(person.last_signed_in_at, zone, now)}{at}")
    if person.failures_since:
        attempts = (
            "1 failed attempt"
            if person.failures_since == 1
            else (f"{person.failures_since} failed attempts")
        )
        parts.append(f"{attempts} since" if parts else f"{attempts} before this sign-in")
    return f"{'; '.join(parts)}." if parts else ""
