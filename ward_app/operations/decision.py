"""What stands with every setting that IT makes: who decided it, and where it comes from."""

from __future__ import annotations

from ward_app.core.errors import RuleBrokenError


def require_decider(set_by: str) -> None:
    """Refuse a setting that nobody stands for.

    Raises:
        RuleBrokenError: no name is given.
    """
    if not set_by.strip():
        raise RuleBrokenError("Say who decided it: --by 'name and role'.")


def decision_words(set_by: str, source: str) -> str:
    """Return the words kept with a setting: its source, and who decided it.

    Raises:
        RuleBrokenError: one of them is missing.
    """
    require_decider(set_by)
    if not source.strip():
        raise RuleBrokenError("Say where the numbers come from: --source.")
    return f"{source.strip()} Decided by {set_by.strip()}."
