"""A board panel with no database behind it, and short ways to use it."""

from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.board.builders import NOW, a_ward
from ui.board.panel import BoardPanel
from ui.context import Context, Place
from ward_app.staff.types import Permission, SignedIn

WARD_7 = Place(name="Ward 7 East", wards=(a_ward(),))


class NoWork:
    """A lane that answers nothing and counts what it was asked."""

    shown_from = None

    def __init__(self):
        self.asked = []

    def query(self, *asked, **_named):
        self.asked.append(asked)


def a_person(*refused):
    return SignedIn(
        token="not-a-session",
        session_id=uuid4(),
        user_id=uuid4(),
        login="nora",
        display_name="Nora Nurse",
        role_names=("nurse",),
        permissions=frozenset(each.value for each in Permission if each not in refused),
        facility_id=uuid4(),
        facility_name="Main Hospital",
        environment="test",
        wards=(a_ward(),),
        last_signed_in_at=None,
        idle_lock_minutes=5,
    )


def a_quiet_panel(person=None, place=WARD_7):
    """Return a panel that waits for a board for ever; its clock stands at `NOW`."""
    signed_in = person or a_person()
    context = Context(work=NoWork(), signed_in=signed_in, wards=place.wards, clock=lambda: NOW)
    return BoardPanel(context, place)


def press(panel, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(panel.beds.view, key, modifier)


def told_by(panel):
    told = []
    panel.told.connect(lambda text, _undo: told.append(text))
    return told


def shown(panel):
    return [row.label for row in panel.beds.model.rows if hasattr(row, "label")]


def count(panel, key):
    return next(each for each in panel.counts if each.key == key)
