"""Assessments put off: for whom, for how long, by whom; what became of each time one was due."""

from __future__ import annotations

import gc
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.assessments.builders import AT_RISK, EAST, FELL, assess, dues, use
from tests.assessments.test_panel import asked_for, cells
from tests.schedule.builders import go
from tests.sheets import freed, opened, press, press_save, row_of, saved_message, settled
from tests.steps import admit, ago, leave, move, open_first, worked_out
from ui.assessments.defer_sheet import AssessmentDeferSheet
from ui.assessments.panel import NOT_DUE
from ui.assessments.words import why_due
from ward_app.assessments.queries import due_of
from ward_app.assessments.service import defer_assessment, take_back_assessment_deferral
from ward_app.assessments.types import AssessmentDeferral, AssessmentDeferralStrikeOut
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.types import DeferralReason
from ward_app.timeliness.queries import dues as report_dues
from ward_app.timeliness.types import Outcome, Work

KEY = Qt.Key
TIMES = {"after": ["admission", "fall"], "first_minutes": 60, "again_minutes": 240,
         "by_band": {}, "basis": "Made up."}  # fmt: skip


@pytest.fixture
def stay(database, nurse, admin):
    """Ada came three hours ago: her falls checklist has been due for two."""
    use(admin, "falls", reassess=TIMES)
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE report.instrument_uses SET recorded_at = recorded_at - interval '9 d'")
    admin.execute("RESET session_replication_role")
    stay = admit(database, nurse, label="1", admitted_at=ago(180))
    open_first(database, nurse)
    return stay


def due(database, actor):
    (found,) = dues(database, actor)
    return found


def a_deferral(found, minutes=60, **changes):
    facts = {
        "id": new_id(),
        "admission_id": found.admission_id,
        "instrument": found.instrument,
        "due_at": found.due_at,
        "reason": DeferralReason.ASLEEP,
        "deferred_until": ago(-minutes),
        "occurred_at": ago(0),
    } | changes
    return AssessmentDeferral(**facts)


def put_off(database, actor, minutes=60, **changes):
    new = a_deferral(due(database, actor), minutes, **changes)
    database.run(actor, defer_assessment, new)
    return new


def take_back(database, actor, deferral, reason="not she"):
    mark = AssessmentDeferralStrikeOut(
        id=new_id(), admission_id=deferral.admission_id, struck_id=deferral.id, reason=reason
    )
    database.run(actor, take_back_assessment_deferral, mark)
    return mark


def report(database, actor, ward="east"):
    found = database.run(
        actor, report_dues, Work.ASSESSMENTS, (world.id_of(ward),),
        since=ago(2_880), until=ago(-2_880),
    )  # fmt: skip
    return [(one.outcome, one.deferral, one.minutes_late) for one in found]


def test_that_what_is_put_off_is_due_then_and_says_why(database, nurse, stay):
    deferral = put_off(database, nurse)
    found = due(database, nurse)
    assert found.due_at == deferral.deferred_until
    assert (found.reason, found.deferral_reason) == ("deferred", "asleep")
    assert why_due(found) == "put off: asleep"
    assert database.run(nurse, due_of, EAST, stay, found.instrument_id) == found
    assert database.run(nurse, due_of, EAST, stay, new_id()) is None


def test_that_it_is_put_off_once_more_and_then_done(database, nurse, stay):
    put_off(database, nurse)
    second = put_off(database, nurse, 90, reason=DeferralReason.OTHER, note=" at the dentist ")
    assert due(database, nurse).due_at == second.deferred_until
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(-1))
    found = due(database, nurse)
    assert (found.reason, found.deferral_reason) == ("interval", None)


def test_that_a_fall_after_that_counts_anew(database, nurse, admin, stay):
    put_off(database, nurse, 600)
    assess(database, nurse, stay, "after_fall", FELL, occurred_at=ago(-1))
    found = due(database, nurse)
    assert (found.reason, found.deferral_reason) == ("fall", None)
    assert ago(-58) < found.due_at < ago(-62)


def test_that_what_is_taken_back_is_due_as_before(database, nurse, stay):
    before = due(database, nurse)
    deferral = put_off(database, nurse)
    mark = take_back(database, nurse, deferral)
    assert due(database, nurse) == before
    database.run(nurse, take_back_assessment_deferral, mark)  # sent once more
    with pytest.raises(ConflictError, match="first"):
        take_back(database, nurse, deferral)
    with pytest.raises(RuleBrokenError, match="Say why"):
        take_back(database, nurse, deferral, " ")


def test_that_a_repeat_is_the_same_write(database, nurse, stay):
    deferral = put_off(database, nurse)
    database.run(nurse, defer_assessment, deferral)
    assert due(database, nurse).due_at == deferral.deferred_until


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": DeferralReason.OTHER, "note": " "}, "Say what the reason is"),
        ({"minutes": 24 * 60 + 2}, "up to 24 hours"),
        ({"minutes": -1}, "up to 24 hours"),
        ({"occurred_at": partial(ago, -30), "minutes": 60}, "lies in the future"),
        ({"due_at": partial(ago, 7)}, "changed meanwhile"),
        ({"instrument": "bristol"}, "Nothing is due"),
    ],
    ids=["why", "too long", "past", "future", "another time", "not due"],
)
def test_that_the_limits_are_those_of_rounds_and_tasks(database, nurse, stay, changes, words):
    with pytest.raises(RuleBrokenError, match=words):
        put_off(database, nurse, **worked_out(changes))


def test_that_nothing_is_put_off_before_what_was_recorded(database, nurse, stay):
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(5))
    with pytest.raises(RuleBrokenError, match="recorded after that time"):
        put_off(database, nurse, occurred_at=ago(10))


def test_that_another_ward_or_role_puts_nothing_off_and_reads_nothing(
    database, nurse, signed_in, stay
):
    found = due(database, nurse)
    for name in ("wes", "ivan"):
        stranger = Actor(signed_in(name).token)
        with pytest.raises(NotPermittedError):
            database.run(stranger, defer_assessment, a_deferral(found))
    deferral = put_off(database, nurse)
    nurse = Actor(signed_in("nora").token)
    count = "SELECT count(*) FROM report.assessment_deferrals"
    assert database.run(nurse, lambda tx: tx.value(count)) == 1
    wes = Actor(signed_in("wes").token)
    assert database.run(wes, lambda tx: tx.value(count)) == 0
    with pytest.raises(ConflictError):
        take_back(database, wes, deferral)


def test_that_a_row_is_stamped_by_the_database_and_never_changed(database, nurse, admin, stay):
    deferral = put_off(database, nurse)
    (row,) = admin.execute(
        "SELECT u.display_name, d.status, clock_timestamp() - d.recorded_at < interval '1 minute'"
        " FROM report.assessment_deferrals d JOIN public.users u ON u.id = d.recorded_by"
        " WHERE d.id = %s", (deferral.id,),
    ).fetchall()  # fmt: skip
    assert row == ("Nora Nurse", "final", True)
    with pytest.raises(Exception, match="keeps every row"):
        admin.execute("UPDATE report.assessment_deferrals SET reason = 'refused'")


# -- the report


def test_that_what_is_put_off_is_counted_apart_from_missed(database, nurse, stay):
    assert report(database, nurse) == [(Outcome.OPEN, None, 120)]
    put_off(database, nurse)
    assert report(database, nurse) == [(Outcome.DEFERRED, "asleep", None)]
    # until it is due again nothing is open; answered before then, it was in time
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(-1))
    assert [one[0] for one in report(database, nurse)] == [Outcome.DEFERRED, Outcome.ON_TIME]


def test_that_late_and_missed_ones_are_told(database, nurse, stay):
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(90))
    assert report(database, nurse) == [(Outcome.LATE, None, 30)]
    other = admit(database, nurse, "Brown", "Ben", label="2", admitted_at=ago(170))
    leave(database, nurse, other)
    assert [one[0] for one in report(database, nurse)] == [Outcome.LATE, Outcome.MISSED]


def test_that_the_next_is_due_by_the_times_of_then(database, nurse, admin, stay):
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(170))
    assert report(database, nurse) == [(Outcome.ON_TIME, None, 0)]
    use(admin, "falls", reassess=TIMES | {"again_minutes": 100})
    # what is set now changes nothing of the past
    assert report(database, nurse) == [(Outcome.ON_TIME, None, 0)]


def test_that_what_was_due_on_leave_is_paused(database, nurse, stay):
    go(database, nurse, stay, occurred_at=ago(150))
    assert report(database, nurse) == [(Outcome.PAUSED, None, None)]


def test_that_a_strike_out_takes_the_deferral_out_of_the_report(database, nurse, stay):
    take_back(database, nurse, put_off(database, nurse))
    assert [one[0] for one in report(database, nurse)] == [Outcome.OPEN]


def test_that_each_is_told_on_the_ward_where_it_was_due(database, nurse, signed_in, stay):
    both = Actor(signed_in("both").token)
    move(database, both, stay, "2", ward="west")
    assert [one[0] for one in report(database, both)] == [Outcome.OPEN]
    assert report(database, both, "west") == []
    wes = Actor(signed_in("wes").token)
    assert report(database, wes) == []


# -- the sheet


def test_that_a_digit_says_why_and_undo_takes_it_back(qtbot, database, nurse, context, stay):
    before = due(database, nurse)
    zone = ZoneInfo(context.wards[0].time_zone)
    sheet = AssessmentDeferSheet(context, before, patient_name="OKAFOR, Ada", zone=zone)
    opened(qtbot, sheet)
    assert "It can be put off by up to 24 hours." in sheet.words.text()
    press(qtbot, KEY.Key_3)
    assert sheet.value("reason") is DeferralReason.REFUSED
    words = saved_message(qtbot, sheet)
    assert words.startswith(f"OKAFOR, Ada, {before.title}: refused. Due again at ")
    assert due(database, nurse).deferral_reason == "refused"
    sheet.undo()
    settled(qtbot, context)
    assert due(database, nurse) == before


def test_that_the_sheet_saves_nothing_without_a_reason(qtbot, database, nurse, context, stay):
    found = due(database, nurse)
    sheet = AssessmentDeferSheet(
        context, found, patient_name="-", zone=ZoneInfo(context.wards[0].time_zone)
    )
    opened(qtbot, sheet)
    press_save(qtbot)
    settled(qtbot, context)
    assert due(database, nurse) == found


def test_that_the_sheet_leaves_nothing_behind(qtbot, database, nurse, context, stay):
    found = due(database, nurse)
    sheet = AssessmentDeferSheet(
        context, found, patient_name="-", zone=ZoneInfo(context.wards[0].time_zone)
    )
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


# -- the list


def test_that_d_puts_off_what_is_chosen_on_the_ward(qtbot, database, nurse, stay, show):
    panel = show()
    sheet = asked_for(qtbot, panel, KEY.Key_D)
    assert isinstance(sheet, AssessmentDeferSheet)
    assert sheet.due == due(database, nurse)
    opened(qtbot, sheet)
    press(qtbot, KEY.Key_4)
    saved_message(qtbot, sheet)
    panel.refresh()
    qtbot.waitUntil(lambda: "put off: with the team" in cells(panel))


def test_that_d_of_a_patient_puts_off_only_what_is_due(
    qtbot, database, nurse, stay, show
):  # fmt: skip
    assess(database, nurse, stay, answers={"pain": "3"})
    assess(database, nurse, stay, "falls", {"age": "unknown"}, occurred_at=ago(2))
    panel = show(row_of(database, nurse, "Okafor"))
    assert panel.chosen.instrument_name == "falls"  # incomplete: it is due as before
    assert isinstance(asked_for(qtbot, panel, KEY.Key_D), AssessmentDeferSheet)
    panel.table.selectRow(1)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_D)
    assert told.args[0] == NOT_DUE
