"""What the bay grid says above and below its rows. No Qt."""

from __future__ import annotations

from ui.patients.banner import place_text
from ward_app.board.types import BoardBed

ONE_WARD = "Choose one ward (Ctrl+W): the grid opens the charts of its patients."
NOBODY = "Nobody to show here."
HELP = (
    "Enter: next value, at the end save · Ctrl+Enter: save the row · . as before · "
    "U: use what is offered · Escape: put back · F2: single sheet · F3: measure"
)


def gone_text(bed: BoardBed | None) -> str:
    """Return where a patient is now who left the ward with something typed; None = not known."""
    if bed is None:
        return "Left your wards. Ctrl+Delete takes the row out."
    return f"Now on {bed.ward_name}, {place_text(bed)}. Save, or Ctrl+Delete."
