"""Messages: one that waits is answered, one about a patient is sent."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.messages.joint import KEY, PANEL
from ui.messages.message_sheet import MessageSheet
from ui.messages.panel import MessagesPanel
from ui.panels import BOARD
from ward_app.demo.message_rows import FAMILY_BED


def write_and_answer(walk: Walk) -> None:
    """The urgent one comes first; answered for, the count at the rail goes down."""
    panel = inbox(walk)
    first = panel.chosen
    walk.expect(first is not None and first.urgency == "urgent", "the urgent one is not first")
    walk.picture("inbox")
    waiting = walk.workplace.rail.button(PANEL).count
    walk.expect("▲" in waiting, f"the rail says {waiting}")
    walk.hands.press("A")
    walk.until(
        lambda: walk.workplace.rail.button(PANEL).count not in ("", waiting),
        "the count at the rail stayed",
    )
    sheet(walk)
    walk.picture("message")
    told = walk.save()
    walk.expect("Sent to Doctor, Ward 7 East" in told, f"told: {told}")


def inbox(walk: Walk) -> MessagesPanel:
    """One's messages, those first that wait."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = place.panel_of(PANEL)
    assert isinstance(panel, MessagesPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.rows.rows, "there are no messages")
    return panel


def list_screen(walk: Walk) -> None:
    """One's messages, in the whole window."""
    inbox(walk)


def sheet_screen(walk: Walk) -> None:
    """A message about a patient, beside the board."""
    sheet(walk)


def sheet(walk: Walk) -> MessageSheet:
    """A message to a role about a patient, written from the board."""
    place = walk.workplace
    walk.hands.press(place.keys_of(BOARD))
    walk.choose(FAMILY_BED)
    walk.hands.press(KEY)
    written = walk.sheet(MessageSheet)
    walk.pick(written.form.input("to"), "doctor 7")
    walk.go_to(written.form.input("body"))
    walk.hands.type("Her daughter is here now.")
    return written
