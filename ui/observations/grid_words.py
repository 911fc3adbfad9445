"""What the bay grid says above, below and aloud of its rows. No Qt."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.formats import due_text, time_text
from ui.observations.entry_fields import points_of_line
from ui.observations.grid_row import GridRow
from ui.observations.target_words import standing_text
from ui.observations.words import choice_text, scale_text
from ui.patients.banner import patient_name, place_text
from ui.score_words import score_name
from ward_app.board.types import BoardBed
from ward_app.observations.limits import number_text
from ward_app.observations.oxygen_target import scale_differs
from ward_app.observations.ward_charting import LastSet

SCALE_KEY, TARGET_KEY = "Alt+S", "Alt+T"
ONE_WARD = "Choose one ward (Ctrl+W): the grid opens the charts of its patients."
NOBODY = "Nobody to show here."
HELP = (
    "Enter: next value, at the end save · Ctrl+Enter: save the row · . as before · "
    "U: use what is offered · Escape: put back · F2: single sheet · F3: measure · "
    f"{TARGET_KEY}: oxygen target"
)


def before_text(row: GridRow, zone: tzinfo) -> str:
    """Return "Set before 10:05, NEWS2 3", or that there is none."""
    if row.last is None:
        return "Private: what was recorded is closed" if row.closed else "No set before"
    known = _known_of(row.last)
    return f"Set before {time_text(row.last.occurred_at, zone)}, {known}"


def _known_of(last: LastSet) -> str:
    if last.pack is None:
        return "not scored"
    if last.total is not None:
        return f"{score_name(last.pack)} {last.total}"
    return f"incomplete, at least {last.at_least}"


def strip_text(row: GridRow, now: datetime) -> str:
    """Return who the active row is, with the last set, the score, the scale and what is due."""
    zone = row.rules.zone
    due = due_text(row.bed.next_due_at, now)
    score = choice_text(row.choice)
    parts = [
        place_text(row.bed), patient_name(row.bed), before_text(row, zone), due,
        _oxygen_text(row), score,
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def _oxygen_text(row: GridRow) -> str:
    """Return scale and target; where they do not go together that alone, for it says both."""
    standing = standing_text(row.target, row.scale, SCALE_KEY)
    if scale_differs(row.target, row.scale) or not standing:
        return standing or scale_text(row.scale)
    return f"{scale_text(row.scale)} · {standing}"


def spoken_value(row: GridRow, place: int) -> str:
    """Return what a value cell says aloud: value, points, value before, target."""
    field_of, text, before = row.rules.fields[place], row.entry.texts[place], row.before(place)
    points = points_of_line(row.score, field_of.scored)
    parts = [f"{field_of.label} {text or 'empty'}"]
    parts += [f"{number_text(points)} points"] if points is not None else []
    parts += [f"before {before}"] if before else []
    wanted, side = row.wanted(place), row.outside()
    parts += [f"{side.value + ' ' if side else ''}target {wanted} %"] if wanted else []
    return ", ".join(parts)


def gone_text(bed: BoardBed | None) -> str:
    """Return where a patient is now who left the ward with something typed; None = not known."""
    if bed is None:
        return "Left your wards. Ctrl+Delete takes the row out."
    return f"Now on {bed.ward_name}, {place_text(bed)}. Save, or Ctrl+Delete."
