"""The server goes away: the ward is read from its copy, charting is kept, and arrives once."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from ui.admissions.admit_sheet import AdmitSheet
from ui.demo.walk import Walk, type_ahead
from ui.downtime.joint import DOWNTIME
from ui.downtime.panel import DowntimePanel
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.panels import BOARD
from ui.widgets.sheet import AWAY
from ward_app.audit.service import open_chart
from ward_app.downtime.kept_here import NOT_SENT
from ward_app.downtime.types import HeldEntry
from ward_app.observations.queries import observation_chart

CHARTED_BED = "21"
# respiration, saturation, air, blood pressure, pulse, alert, temperature
A_SET = "1697A1208075A368"
# a read tries again for a while before it gives up
_RETRIES_S = 60


def lose_the_server(walk: Walk) -> None:
    """The red band says of which time the ward is, and every bed is still there."""
    before = walk.labels()
    cut_off(walk)
    walk.expect(walk.labels() == before, "beds are gone from the screen")
    walk.expect(not walk.board.notice.text, f"the board says: {walk.board.notice.text}")
    walk.picture("server-away")


def cut_off(walk: Walk) -> None:
    """Take the server away once the ward is copied, and wait until the board is the copy."""
    keeper = walk.program.outage.keeper
    copied: list[bool] = []
    once = Qt.ConnectionType.SingleShotConnection
    keeper.done.connect(partial(copied.append, True), once)  # noqa: FBT003 - a mark
    keeper.take_copies()
    walk.until(lambda: copied, "no copy of the ward was taken")
    walk.outage.begin()
    walk.hands.press("F5")
    walk.until(
        lambda: walk.lamp.startswith("offline: reading from "),
        "the lamp does not say that the server is away",
        within_s=_RETRIES_S,
    )
    _read(walk)
    words = walk.program.window.bands.words_of("offline")
    walk.expect(words.startswith("OFFLINE   No server. You see the ward as of "), words)
    walk.expect(" ago. " in words, f"the band does not say how old the ward is: {words}")


def chart_a_set(walk: Walk) -> None:
    """A set is kept on this computer, and the tile, the chart and the band say so."""
    chart_here(walk)
    walk.picture("kept-here")
    open_kept_chart(walk)
    walk.picture("kept-here-chart")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def chart_here(walk: Walk) -> None:
    """Chart a set without the server."""
    walk.choose(CHARTED_BED)
    walk.hands.press("O")
    walk.sheet(ObservationSheet)
    _read(walk)
    walk.hands.type(A_SET)
    walk.save()
    walk.until(
        lambda: "the program calls nobody" in walk.told, f"nobody is told to call: {walk.told}"
    )
    walk.until(lambda: walk.card(CHARTED_BED).bed.kept_here == 1, "the tile does not say so")
    bands = walk.program.window.bands
    walk.until(
        lambda: "1 entry is kept on this computer" in bands.words_of("offline"),
        "the band does not count it",
    )


def open_kept_chart(walk: Walk) -> None:
    """Open the chart that holds what is kept here."""
    walk.choose(CHARTED_BED)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.frame.marked, "no set is marked")
    marked = panel.frame.marked
    kept = marked is not None and NOT_SENT in marked.recorded.recorded_by
    walk.expect(kept, "the chart does not say that it is kept here")


def admit(walk: Walk) -> None:
    """What other computers may be doing too is refused, with its reason."""
    free = next(card for card in walk.cards() if not card.bed.occupied and card.bed.bed_id)
    walk.choose(free.label)
    walk.hands.press("A")
    sheet = walk.sheet(AdmitSheet)
    field = type_ahead(sheet.patient_form.input("patient"))
    walk.go_to(field)
    walk.expect(sheet.notice.text == AWAY, f"the sheet says: {sheet.notice.text}")
    walk.until(lambda: field.options.rowCount() == 1, "somebody is offered")
    walk.type_into(sheet.stay_form.input("reason"), "Pneumonia")
    walk.picture("not-admitted")
    walk.hands.press("Esc Esc Esc")


def come_back(walk: Walk) -> None:
    """The band says that it is sent; it is in the chart once, and listed as arrived."""
    bands = walk.program.window.bands
    before: list[str] = []
    once = Qt.ConnectionType.SingleShotConnection
    walk.program.outage.keeper.came_back.connect(
        lambda _waiting: before.extend([*bands.shown, bands.words_of("back")]), once
    )
    # to start a server is to copy this process, which no program in use does
    with walk.off_the_clock():
        walk.outage.end()
    walk.until(lambda: before, "it did not come back by itself", within_s=_RETRIES_S)
    walk.expect("back" in before and "offline" not in before, f"bands were {before}")
    walk.expect("BACK   The server is back. 1 entry is being sent." in before, before[-1])
    walk.until(lambda: walk.lamp == "live", "it did not recover", within_s=_RETRIES_S)
    walk.until(lambda: "1 entry charted without the server arrived" in walk.told, walk.told)
    walk.until(lambda: not {"back", "offline"} & bands.shown, "a band stays")
    walk.picture("server-back")
    sent = _look_at_the_list(walk)
    _expect_once(walk, sent)


def _look_at_the_list(walk: Walk) -> HeldEntry:
    """Return the one entry that the list of this computer shows as arrived."""
    walk.workplace.show_panel(DOWNTIME)
    panel = walk.workplace.panel_of(DOWNTIME)
    assert isinstance(panel, DowntimePanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: any(line.can_be_seen for line in panel.lines), "the list does not show it")
    walk.picture("downtime-arrived")
    held = [line.held for line in panel.lines if line.held is not None]
    walk.expect(len(held) == 1, f"{len(held)} entries are listed")
    walk.hands.press("B")
    walk.expect(walk.workplace.shown_key == BOARD, "B does not lead to the beds")
    return held[0]


def _expect_once(walk: Walk, sent: HeldEntry) -> None:
    """Expect a set in the chart of the database, at its time and once."""
    row = walk.card(CHARTED_BED).bed
    assert row.patient_id and row.admission_id  # noqa: S101, PT018 - a patient's row
    walk.colleague.ask(open_chart, row.patient_id)
    stored = walk.colleague.ask(observation_chart, row.admission_id)
    there = [one.id for one in stored.sets if one.occurred_at == sent.entry.occurred_at]
    walk.expect(there == [sent.entry.id], f"the set is in the chart {len(there)} times")


def _read(walk: Walk) -> None:
    walk.until(lambda: not walk.workplace.context.work.is_busy, "it was not read")
