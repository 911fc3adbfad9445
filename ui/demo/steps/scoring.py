"""Which score applies: a mother's own, and a decision taken back and made again."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.observations.pregnancy_sheet import PregnancySheet
from ui.observations.which_score_sheet import AUTOMATIC, WhichScoreSheet
from ui.observations.why_sheet import WhySheet
from ward_app.audit.service import open_chart
from ward_app.observations.queries import observation_chart
from ward_app.observations.types import OxygenDevice

MOTHERS_BED, DECIDED_BED, VENTURI_BED = "13", "12", "8"
HER_SCORE = "MEWC: adult, within 42 days of the end of pregnancy"
# respiration to temperature, then what the maternal criteria alone ask for: three times no
A_SET = "1897A1187484A371NNN"
ON_VENTURI = "2290V28"


def score_a_mother(walk: Walk) -> None:
    """The entry asks for what her score needs, and says which score it is and why."""
    row = walk.choose(MOTHERS_BED)
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.until(lambda: sheet.pack_label.text() == HER_SCORE, "another score applies")
    walk.hands.type(A_SET)
    headline = sheet.score_box.headline.text()
    walk.expect(headline == "MEWC 0, low risk", f"the score is {headline}")
    walk.picture("maternal-set")
    told = walk.save()
    walk.expect("MEWC 0, low" in told, f"told: {told}")
    assert row.patient_id is not None  # noqa: S101 - a patient's row
    assert row.admission_id is not None  # noqa: S101
    walk.colleague.ask(open_chart, row.patient_id)
    stored = walk.colleague.ask(observation_chart, row.admission_id).sets[-1]
    walk.expect(stored.vital_signs.further.get("oliguria") is False, "a sign is not stored")
    walk.expect(stored.vital_signs.oxygen_device is OxygenDevice.ROOM_AIR, "air is not stored")
    walk.hands.press("Y")
    why = walk.sheet(WhySheet)
    walk.until(lambda: "Urine below 35 mL/h" in why.table.text(), "the reason is not told")
    walk.picture("why-mewc")
    walk.hands.press("Esc")


def decide_on_a_score(walk: Walk) -> None:
    """Without a date of birth somebody has to decide; the chart says who did."""
    panel = _open_chart(walk, DECIDED_BED)
    which = panel.frame.which
    walk.until(lambda: which.text() == "NEWS2: by decision", f"the chart says {which.text()}")
    _decide(walk, AUTOMATIC)
    walk.until(lambda: which.text().startswith("▲ No score."), "nobody is asked to decide")
    walk.picture("no-score")
    _decide(walk, "news2")
    walk.until(lambda: which.text() == "NEWS2: by decision", "the decision is not in force")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def maternal_set(walk: Walk) -> None:
    """A set of somebody who gave birth six days ago, a criterion met."""
    walk.choose(MOTHERS_BED)
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.until(lambda: sheet.pack_label.text().startswith("MEWC"), "the chart was not read")
    walk.hands.type(A_SET[:-1] + "Y")


def oxygen(walk: Walk) -> None:
    """Oxygen by its device, on SpO2 scale 2."""
    walk.choose(VENTURI_BED)
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.until(lambda: "scale 2" in sheet.scale_label.text(), "the chart was not read")
    walk.hands.type(ON_VENTURI)


def why(walk: Walk) -> None:
    """What a score comes of."""
    walk.choose(VENTURI_BED)
    walk.hands.press("Y")
    sheet = walk.sheet(WhySheet)
    walk.until(lambda: "SpO₂" in sheet.table.text(), "the set was not read")


def which_score(walk: Walk) -> None:
    """Which score applies, and a decision on it."""
    _open_chart(walk, DECIDED_BED)
    walk.hands.press("H")
    walk.sheet(WhichScoreSheet)


def pregnancy(walk: Walk) -> None:
    """Recording a pregnancy."""
    _open_chart(walk, MOTHERS_BED)
    walk.hands.press("B")
    walk.sheet(PregnancySheet)


def _open_chart(walk: Walk, label: str) -> ChartPanel:
    walk.choose(label)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.frame.marked, "no set is marked")
    return panel


def _decide(walk: Walk, pack: str) -> None:
    walk.hands.press("H")
    sheet = walk.sheet(WhichScoreSheet)
    sheet.form.set_value("pack", pack)
    walk.type_into(sheet.form.input("decided_by"), "Dr Mensah, registrar")
    walk.type_into(sheet.form.input("reason"), "An adult by appearance")
    walk.picture("which-score")
    told = walk.save()
    walk.expect(told.startswith("Recorded."), f"told: {told}")
