"""Signing in, reading the board, finding a bed, opening a patient."""

from __future__ import annotations

from ui.demo.signing_in import type_credentials
from ui.demo.walk import Walk
from ui.observations.panel import ChartPanel
from ward_app.audit.service import open_chart
from ward_app.board.rules import board_counts
from ward_app.demo.hospital import SEVEN_EAST
from ward_app.demo.staff import NURSE, PASSWORD
from ward_app.observations.queries import observation_chart

ILL_PATIENT = "3"


def sign_in_wrongly(walk: Walk) -> None:
    """A wrong password is refused in words, and the user name stays."""
    window, card = walk.program.window, walk.program.window.sign_in.card
    walk.until(window.isActiveWindow, "the window did not come to the front")
    walk.until(lambda: not card.is_attempting, "the server was not reached")
    walk.picture("sign-in")
    type_credentials(walk.hands, NURSE, "wrong")
    walk.until(lambda: card.notice.text, "a wrong password was not told")
    walk.expect(card.user_name.text() == NURSE, "the user name was lost")
    walk.picture("wrong-password")


def sign_in(walk: Walk) -> None:
    """The right password leads to the nurse's ward, live."""
    walk.hands.type(PASSWORD)
    walk.hands.press("Return")
    walk.until(lambda: walk.program.window.workplace, "the password was not accepted")
    walk.until(lambda: walk.lamp == "live", "the board did not become live")
    walk.expect(walk.workplace.place.name == SEVEN_EAST.name, "another ward is shown")


def read_the_board(walk: Walk) -> None:
    """Every bed in bed order, and counts that agree with the database."""
    shown = walk.labels()
    walk.expect(shown == [bed.label for bed in SEVEN_EAST.beds()], f"beds shown: {shown}")
    board = walk.stored_board()
    tally = board_counts(board, walk.workplace.context.clock(), board_zone(walk))
    counts = [count.text for count in walk.board.counts]
    for text in (f"{tally.beds} beds", f"{tally.occupied} in", f"{tally.overdue} overdue"):
        walk.expect(text in counts, f"{text} is not among the counts {counts}")
    late = [card for card in walk.cards() if card.round.is_overdue]
    walk.expect(late, "no round is overdue on the board")
    walk.expect(f"▲ {tally.rounds_overdue} rounds" in counts, "rounds are not counted")
    walk.picture("board")


def filter_and_search(walk: Walk) -> None:
    """A count shows only its beds; a few letters find a patient; Escape shows all."""
    button = walk.workplace.top_line.count_button("overdue")
    walk.hands.click(button)
    overdue = walk.cards()
    walk.expect(overdue and all(card.overdue for card in overdue), "not only overdue patients")
    walk.picture("overdue-only")
    walk.hands.press("Esc")
    walk.hands.press("/")
    walk.hands.type("wickrem")
    names = [card.name for card in walk.cards()]
    walk.expect(len(names) == 1 and "WICKREM" in names[0], f"the search found {names}")
    walk.picture("search")
    walk.hands.press("Esc")
    walk.expect(len(walk.labels()) == len(list(SEVEN_EAST.beds())), "Escape did not show all beds")


def find_a_bed(walk: Walk) -> None:
    """Typing a bed's number goes there; the details say who lies in it."""
    bed = walk.choose("12")
    walk.expect(bed.family_name == "Unidentified", f"bed 12 shows {bed.family_name}")
    walk.picture("bed-12-by-number")


def open_a_patient(walk: Walk) -> None:
    """Enter opens the chart: as many sets as the database holds, the latest score the same."""
    row = walk.choose(ILL_PATIENT)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.loaded_at, "the chart was not read")
    assert row.patient_id and row.admission_id  # noqa: S101, PT018 - a patient's row
    walk.colleague.ask(open_chart, row.patient_id)
    stored = walk.colleague.ask(observation_chart, row.admission_id)
    walk.expect(panel.frame.chart.selection is not None, "no set is marked")
    walk.expect(len(stored.sets) > 1, "the chart holds no course")
    walk.picture("chart")
    walk.hands.press("T")
    walk.hands.rest(50)
    walk.expect(panel.frame.shows_table, "T did not show the table")
    walk.picture("chart-as-table")
    walk.hands.press("T")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def board_zone(walk: Walk) -> str:
    """Return the zone of the ward in view."""
    return walk.workplace.place.wards[0].time_zone
