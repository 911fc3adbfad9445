"""Why a set is due when it is, in full, and who is on leave until when. No Qt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from ui.formats import duration_text, moment_text, time_text
from ward_app.board.types import BoardBed
from ward_app.schedule.kinds import DeferralReason, DueReason

DEFERRAL_WORDS = {
    DeferralReason.ASLEEP_AND_STABLE: "Asleep and stable",
    DeferralReason.OFF_WARD: "Off the ward",
    DeferralReason.REFUSED: "Refused",
    DeferralReason.END_OF_LIFE: "End of life",
    DeferralReason.PROCEDURE: "Procedure",
    DeferralReason.WORKLOAD: "Workload",
    DeferralReason.EQUIPMENT: "Equipment missing or broken",
    DeferralReason.OTHER: "Another reason",
}
_FIRST_SETS = {
    DueReason.ARRIVAL.value: "first set after arrival",
    DueReason.RESTART.value: "first set after return",
}
_EVERY = {15: "Every 15 min", 30: "Every 30 min", 60: "Hourly"}
_HOUR_MINUTES = 60


def every_text(minutes: int) -> str:
    """Return "Every 30 min", "Hourly", "4-hourly", "Every 90 min"."""
    if minutes in _EVERY:
        return _EVERY[minutes]
    hours, rest = divmod(minutes, _HOUR_MINUTES)
    return f"Every {minutes} min" if rest else f"{hours}-hourly"


def due_reason_text(bed: BoardBed, now: datetime, zone: tzinfo) -> str:
    """Return why the next set is due then: "hourly by plan until 14:00 (Dr X)"; empty = unknown.

    To stand after the due time; while observations are paused it says until when.
    """
    match bed.due_reason:
        case DueReason.PAUSED:
            words = leave_text(bed.back_by, now, zone)
            return words[0].lower() + words[1:]
        case DueReason.PLAN:
            return _by_plan(bed, now, zone)
        case DueReason.SCORE:
            return _by_score(bed)
        case DueReason.DEFERRED | DueReason.REFUSED:
            return _put_off(bed)
    return _FIRST_SETS.get(bed.due_reason or "", "")


def leave_text(back_by: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Return "On leave, back by 18:30", or that who is on leave should be back by now."""
    if back_by is None:
        return "On leave"
    if is_late_back(back_by, now):
        late = duration_text(now.astimezone(UTC) - back_by.astimezone(UTC))
        return f"On leave, should be back since {moment_text(back_by, zone, now)} ({late})"
    return f"On leave, back by {moment_text(back_by, zone, now)}"


def short_leave_text(back_by: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Return the same for a tile: "On leave, back by 18:30", "Not back since 18:30"."""
    if back_by is None:
        return "On leave"
    if is_late_back(back_by, now):
        return f"Not back since {moment_text(back_by, zone, now)}"
    if back_by.astimezone(zone).date() == now.astimezone(zone).date():
        return f"On leave, back by {time_text(back_by, zone)}"
    return f"Leave, back {moment_text(back_by, zone, now)}"


def is_late_back(back_by: datetime | None, now: datetime) -> bool:
    """Whether who is on leave was expected a whole minute ago or more, by elapsed time."""
    return back_by is not None and now - back_by >= timedelta(minutes=1)


def _by_plan(bed: BoardBed, now: datetime, zone: tzinfo) -> str:
    if bed.due_minutes is None:
        return "by plan"
    until = f" until {moment_text(bed.due_until, zone, now)}" if bed.due_until else ""
    by = f" ({bed.due_by})" if bed.due_by else ""
    return f"{every_text(bed.due_minutes).lower()} by plan{until}{by}"


def _by_score(bed: BoardBed) -> str:
    if bed.observed_at is None or bed.next_due_at is None:
        return "by the score"
    minutes = round((bed.next_due_at - bed.observed_at).total_seconds() / 60)
    return f"{every_text(minutes).lower()} {_without_or_by(bed.score_pack)}"


def _without_or_by(pack: str | None) -> str:
    return "by the score" if pack else "without a score"


def _put_off(bed: BoardBed) -> str:
    by = f" ({bed.due_by})" if bed.due_by else ""
    if bed.due_reason == DueReason.REFUSED:
        return f"refused before{by}"
    if bed.due_decision is None:
        return f"put off{by}"
    return f"put off: {DEFERRAL_WORDS[DeferralReason(bed.due_decision)].lower()}{by}"
