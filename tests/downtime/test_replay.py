"""What was charted while the database was away arrives once, under its author and its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world
from tests.downtime.offline import an_entry, pain
from tests.notes.builders import a_note
from tests.rounding.builders import a_record, template
from tests.steps import a_set, admit, ago, leave, move
from ward_app.core.errors import (
    ConflictError,
    DatabaseUnavailableError,
    NotPermittedError,
    RuleBrokenError,
)
from ward_app.core.ids import new_id
from ward_app.downtime import service
from ward_app.downtime.charting import NotOfflineError, charted
from ward_app.downtime.service import BATCH, append, append_all, replay, settle_here, waiting
from ward_app.downtime.types import EntryState, OfflineKind, ReplayReport
from ward_app.measurements.service import record_measurement
from ward_app.notes.service import sign_note
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.service import record_observations, strike_out
from ward_app.observations.types import StrikeOut
from ward_app.rounding.service import defer_round, open_task, save_round
from ward_app.rounding.types import DeferralReason, NewDeferral, NewTask
from ward_app.staff.service import sign_out

NORA = world.id_of("nora")
ROWS = """
SELECT '{table}', count(*)::integer, count(*) FILTER (WHERE recorded_by = %(author)s)::integer
FROM {table} WHERE admission_id IS NOT NULL OR '{table}' = 'rounding.round_records'
"""
TABLES = ("report.vital_signs", "report.measurements", "rounding.round_records",
          "report.nursing_notes")  # fmt: skip


def rows(admin):
    """Return how many rows each table has, and how many of them are Nora's."""
    statement = " UNION ALL ".join(ROWS.format(table=table) for table in TABLES)
    return {name: (all_, hers) for name, all_, hers in admin.execute(statement, {"author": NORA})}


def chart_one_of_each(station, stay):
    """Chart a set, a measurement, two checklists, one put off, and a note."""
    checklist = template(station.database, station.actor)
    station.chart_set(a_set(stay))
    station.chart(record_measurement, pain(stay))
    put_off = NewDeferral(
        id=new_id(), template=checklist, reason=DeferralReason.ASLEEP, deferred_until=ago(-30),
        occurred_at=ago(0), admission_id=stay, round_id=new_id(),
    )  # fmt: skip
    answered = a_record(checklist, stay, round_id=put_off.round_id)
    station.chart(save_round, [answered], [put_off])
    station.chart(sign_note, a_note(stay))


def test_that_one_of_each_kind_arrives_once_under_its_author_and_time(station, stay, admin):
    chart_one_of_each(station, stay)
    kinds = [held.entry.kind for held in station.outbox.held()]
    assert set(kinds) == set(OfflineKind)
    assert rows(admin) == dict.fromkeys(TABLES, (0, 0))
    assert station.replay() == ReplayReport(accepted=5)
    expected = dict.fromkeys(TABLES, (1, 1)) | {"rounding.round_records": (2, 2)}
    assert rows(admin) == expected
    assert station.replay() == ReplayReport()
    for held in station.outbox.held():
        assert held.state is EntryState.ACCEPTED
        kept = admin.execute(
            "SELECT command_id, author_id, occurred_at, entered_at, received_at > entered_at"
            " FROM report.offline_entries WHERE command_id = %s", (held.entry.id,)
        ).fetchone()  # fmt: skip
        assert kept == (held.entry.id, NORA, held.entry.occurred_at, held.entry.entered_at, True)
    assert rows(admin) == expected


def test_that_what_is_stored_is_what_the_same_command_stores(station, stay, nurse, admin):
    """Each row beside its twin that was charted with the database there."""
    away, there = a_set(stay, note="warm"), a_set(stay, note="warm")
    station.chart_set(away)
    station.database.run(nurse, record_observations, replace(there, occurred_at=away.occurred_at))
    station.replay()
    columns = "to_jsonb(v) - 'id' - 'recorded_at'"
    one, other = (
        admin.execute(f"SELECT {columns} FROM report.vital_signs v WHERE id = %s", (each.id,))
        .fetchone()[0] for each in (away, there)
    )  # fmt: skip
    assert one == other
    assert one["score_total"] == 0


def test_that_a_whole_batch_is_one_statement(station, stay):
    """[Q14] However many rows: on a slow way every further trip to the server is waited for."""
    for _ in range(BATCH):
        station.chart(record_measurement, pain(stay))
    before = station.database.metrics.total_queries
    assert station.replay() == ReplayReport(accepted=BATCH)
    assert station.database.metrics.total_queries == before + 1


def test_that_a_second_station_of_the_same_entries_says_already_there(station, stay, admin):
    """An outbox that was copied, or whose answer was lost."""
    station.chart_set(a_set(stay))
    kept = station.outbox._log.file.read_bytes(), station.outbox._log.head_file.read_bytes()
    assert station.replay().accepted == 1
    station.outbox._log.file.write_bytes(kept[0])
    station.outbox._log.head_file.write_bytes(kept[1])
    assert station.replay() == ReplayReport(already_there=1)
    assert station.states() == [("already_there", None)]
    assert rows(admin)["report.vital_signs"] == (1, 1)


def test_that_what_was_saved_before_the_database_went_is_not_there_twice(
    station, stay, nurse, admin
):
    new = a_set(stay)
    station.database.run(nurse, record_observations, new)
    station.chart_set(new)
    assert station.replay() == ReplayReport(already_there=1)
    station.chart_set(replace(new, note="another"))
    assert station.replay() == ReplayReport(needs_a_person=1)
    assert station.states()[1] == (
        "needs_a_person", "This was saved before, with other values. Compare it with the chart."
    )  # fmt: skip
    assert rows(admin)["report.vital_signs"] == (1, 1)


def test_that_entries_arrive_after_their_author_signed_out(station, stay, nurse, admin):
    station.chart_set(a_set(stay))
    station.database.run(nurse, sign_out)
    assert station.replay().accepted == 1
    assert rows(admin)["report.vital_signs"] == (1, 1)


def test_that_a_correction_of_what_waits_follows_it(station, stay, admin):
    wrong = a_set(stay)
    station.chart_set(wrong)
    station.chart_set(a_set(stay, supersedes_id=wrong.id, change_reason="typed wrongly"))
    assert station.replay() == ReplayReport(accepted=2)


def test_that_a_checklist_of_the_ward_arrives(station, stay, admin):
    checklist = template(station.database, station.actor, "environment")
    station.chart(save_round, [a_record(checklist, answers={"fridge": "4"})], [])
    assert station.outbox.held()[0].entry.admission_id is None
    assert station.replay() == ReplayReport(accepted=1)


def moved(station, admin, stay):
    admin.execute(
        "INSERT INTO public.user_wards VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (NORA, world.id_of("west")),
    )
    move(station.database, station.actor, stay, "1", "west")
    admin.execute("SELECT auth.take_ward(%s, 'west', 'only to move')", (NORA,))


def discharged_long_ago(station, admin, stay):
    leave(station.database, station.actor, stay)
    admin.execute(
        "UPDATE admission.admissions SET discharged_at = discharged_at - interval '20 minutes'"
    )
    admin.execute(
        "UPDATE admission.bed_stays SET during ="
        " tstzrange(lower(during), upper(during) - interval '20 minutes')"
    )


def role_taken(_station, admin, _stay):
    admin.execute("SELECT auth.take_role(%s, 'nurse', 'other work')", (NORA,))


def account_closed(_station, admin, _stay):
    admin.execute("SELECT auth.set_account_active(%s, false, 'left')", (NORA,))


def ward_taken(_station, admin, _stay):
    admin.execute("SELECT auth.take_ward(%s, 'east', 'other ward')", (NORA,))


CHANGES = {
    moved: "The patient is on no ward of who charted this any more: moved or discharged.",
    discharged_long_ago: "The patient was discharged before that time.",
    role_taken: "Who charted this may not do so any more.",
    account_closed: "The account of who charted this is closed, or waits for a new password.",
    ward_taken: "The patient is on no ward of who charted this any more: moved or discharged.",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_that_what_cannot_be_stored_any_more_waits_for_a_person(station, stay, admin, change):
    station.chart_set(a_set(stay))
    change(station, admin, stay)
    assert station.replay() == ReplayReport(needs_a_person=1)
    assert station.states() == [("needs_a_person", CHANGES[change])]
    assert rows(admin)["report.vital_signs"] == (0, 0)
    assert admin.execute("SELECT verdict, problem FROM report.offline_entries").fetchall() == [
        ("needs_a_person", CHANGES[change])
    ]
    assert station.replay() == ReplayReport(needs_a_person=1)
    assert len(station.outbox._read().records) == 2
    assert len(waiting(station.outbox)) == 1


def test_that_a_set_whose_score_is_another_now_waits_for_a_person(station, stay, admin):
    new = a_set(stay)
    done = charted(station.author, station.actor, ago(0), record_observations, new,
                   station.database.run(station.actor, scoring_of, stay))  # fmt: skip
    [entry] = done.entries
    as_it_was = {**entry.payload, "score_total": 3, "score_at_least": 3}
    append(station.outbox, station.author, replace(entry, payload=as_it_was))
    assert station.replay() == ReplayReport(needs_a_person=1)
    assert "score" in station.states()[0][1].lower()


TIMES = {
    "in the future": (timedelta(minutes=20), timedelta(minutes=20), "lies in the future"),
    "before the sign-in": (-timedelta(hours=2), -timedelta(hours=2), "or before"),
    "long after it": (timedelta(0), timedelta(0), "more than a day"),
    "measured after it was charted": (timedelta(minutes=-1), timedelta(minutes=-30), "not fit"),
    "measured days ago": (timedelta(days=-3), timedelta(0), "not fit"),
}


@pytest.mark.parametrize("which", TIMES)
def test_that_a_time_that_cannot_be_right_waits_for_a_person(station, stay, admin, which):
    occurred, entered, words = TIMES[which]
    signed_in = {"long after it": 25, "measured after it was charted": 1}.get(which, 0)
    admin.execute(
        "UPDATE public.sessions SET created_at = created_at - make_interval(hours => %s)",
        (signed_in,),
    )
    admin.execute("UPDATE public.workstations SET enrolled_at = enrolled_at - interval '9 days'")
    now = ago(0)
    new = a_set(stay, occurred_at=now + occurred)
    station.chart_set(new, now=now + entered)
    assert station.replay() == ReplayReport(needs_a_person=1)
    assert words in station.states()[0][1]
    assert rows(admin)["report.vital_signs"] == (0, 0)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"pulse_per_min": 999},
        {"pulse_per_min": "fast"},
        {"recorded_by": str(world.id_of("wes"))},
        {"no_such_column": 1},
        {"id": str(new_id())},
    ],
    ids=lambda spoilt: next(iter(spoilt)),
)
def test_that_values_that_cannot_be_stored_wait_for_a_person(station, stay, admin, spoilt):
    basis = station.database.run(station.actor, scoring_of, stay)
    done = charted(station.author, station.actor, ago(0), record_observations, a_set(stay), basis)
    [entry] = done.entries
    append(station.outbox, station.author, replace(entry, payload={**entry.payload, **spoilt}))
    good = a_set(stay)
    station.chart_set(good)
    assert station.replay() == ReplayReport(accepted=1, needs_a_person=1)
    assert admin.execute("SELECT id FROM report.vital_signs").fetchall() == [(good.id,)]


def test_that_many_entries_are_sent_in_batches_and_counted(station, stay, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 4)
    entries = []
    for _ in range(10):
        done = charted(station.author, station.actor, ago(0), sign_note, a_note(stay))
        entries += done.entries
    append_all(station.outbox, station.author, entries)
    told = []
    assert replay(station.database, station.outbox, told.append) == ReplayReport(accepted=10)
    assert [report.still_waiting for report in told] == [6, 2, 0]


def test_that_a_replay_that_was_cut_off_goes_on_where_it_was(station, stay, monkeypatch, admin):
    monkeypatch.setattr(service, "BATCH", 2)
    for _ in range(5):
        station.chart(sign_note, a_note(stay))
    run, calls = station.database.run, []

    def cut_off(*given):
        calls.append(given)
        if len(calls) == 2:
            raise DatabaseUnavailableError("gone")
        return run(*given)

    with monkeypatch.context() as patch:
        patch.setattr(station.database, "run", cut_off)
        with pytest.raises(DatabaseUnavailableError):
            station.replay()
    assert [state for state, _ in station.states()] == ["accepted"] * 2 + ["waiting"] * 3
    assert station.replay() == ReplayReport(accepted=3)
    assert rows(admin)["report.nursing_notes"] == (5, 5)


def test_that_what_others_hold_waits_for_the_next_replay(station, stay, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    for _ in range(5):
        station.chart(sign_note, a_note(stay))
    run, calls = station.database.run, []

    def held_once(*given):
        calls.append(given)
        if len(calls) == 1:
            raise ConflictError("Somebody else is changing this just now.")
        return run(*given)

    with monkeypatch.context() as patch:
        patch.setattr(station.database, "run", held_once)
        assert station.replay() == ReplayReport(accepted=3, still_waiting=2)
    assert station.replay() == ReplayReport(accepted=2)


def test_that_two_people_of_a_station_are_each_their_own_author(
    station, stay, signed_in, admin, outbox
):
    other = type(station)(station.database, signed_in("both"), outbox)
    station.chart(sign_note, a_note(stay))
    other.chart(sign_note, a_note(stay))
    station.chart(sign_note, a_note(stay))
    assert station.replay() == ReplayReport(accepted=3)
    assert rows(admin)["report.nursing_notes"] == (3, 2)


def test_that_who_acts_meanwhile_stays_who_they_are(station, stay, signed_in):
    """A replay inside somebody's transaction leaves them as they were, and nobody else."""
    other = signed_in("both")
    station.chart(sign_note, a_note(stay))
    [out] = station.outbox.outgoing()
    with station.database.transaction(type(station.actor)(other.token)) as tx:
        verdicts = service._replayed(tx, out.proven.session_id, [out])
        assert [said.value for said, _ in verdicts] == ["accepted"]
        assert tx.value("SELECT auth.uid()") == other.user_id


def test_that_nobody_acts_after_a_replay_without_a_person(station, stay, admin):
    station.chart(sign_note, a_note(stay))
    [out] = station.outbox.outgoing()
    with station.database.transaction(None) as tx:
        service._replayed(tx, out.proven.session_id, [out])
        assert tx.value("SELECT auth.uid()") is None
        assert tx.value("SELECT current_setting('ward.token', true)") == ""
    assert admin.execute(
        "SELECT end_reason, by_badge FROM public.sessions WHERE acts_for_id IS NOT NULL"
        " AND ended_at IS NOT NULL"
    ).fetchall() == [("replayed", True)]  # fmt: skip


def test_that_every_replay_and_every_row_is_on_record(station, stay, admin):
    new = a_set(stay)
    station.chart_set(new)
    station.replay()
    assert admin.execute(
        "SELECT workstation, accepted, already_there, needs_a_person, refused"
        " FROM report.offline_replays"
    ).fetchall() == [("ws_alpha", 1, 0, 0, 0)]
    logged = admin.execute(
        "SELECT table_name, user_id FROM audit.change_logs WHERE table_name IN"
        " ('vital_signs', 'offline_entries') ORDER BY table_name"
    ).fetchall()
    assert logged == [("offline_entries", NORA), ("vital_signs", NORA)]


def test_that_what_the_database_refuses_is_settled_on_this_station(station, stay):
    stranger = replace(station.author, offline_key=bytes(32))
    append(station.outbox, stranger, an_entry(stranger, admission_id=stay))
    assert station.replay() == ReplayReport(refused=1)
    [held] = waiting(station.outbox)
    assert (held.state, held.problem) == (EntryState.NEEDS_A_PERSON, service.REFUSED)
    with pytest.raises(RuleBrokenError, match="Say why"):
        settle_here(station.outbox, held, " ", NORA)
    settle_here(station.outbox, held, "entered anew", NORA)
    assert waiting(station.outbox) == ()
    with pytest.raises(RuleBrokenError, match="did not refuse"):
        settle_here(station.outbox, station.outbox.held()[0], "again", NORA)
    assert station.replay() == ReplayReport()


@pytest.mark.parametrize("command", ["strike_out", "open_task"])
def test_that_what_needs_the_database_is_refused_and_nothing_kept(station, stay, command):
    commands = {
        "strike_out": (strike_out, StrikeOut(id=new_id(), admission_id=stay, struck_id=new_id(),
                                             reason="slip")),
        "open_task": (open_task, NewTask(id=new_id(), title="Weigh", due_at=ago(0), ward_id=None,
                                         admission_id=stay)),
    }  # fmt: skip
    with pytest.raises(NotOfflineError, match="nothing was saved"):
        station.chart(*commands[command])
    with pytest.raises(NotOfflineError):
        station.chart(record_observations, a_set(stay))
    assert station.outbox.held() == ()


def test_that_what_is_typed_is_checked_without_the_database(station, stay):
    with pytest.raises(RuleBrokenError, match="title"):
        station.chart(sign_note, a_note(stay, title=" "))
    station.actor = replace(station.actor, permissions=frozenset())
    with pytest.raises(NotPermittedError):
        station.chart(sign_note, a_note(stay))
    checklist = template(station.database, replace(station.actor, permissions=None))
    with pytest.raises(NotPermittedError):
        station.chart(defer_round, NewDeferral(
            id=new_id(), template=checklist, reason=DeferralReason.ASLEEP,
            deferred_until=ago(-5), occurred_at=ago(0), admission_id=stay))  # fmt: skip
    assert station.outbox.held() == ()


def test_that_two_patients_of_one_station_arrive_each_in_their_chart(station, stay, admin, nurse):
    other = admit(station.database, nurse, "Bello", label="2")
    for whose in (other, stay, other):
        station.chart(sign_note, a_note(whose))
    assert station.replay() == ReplayReport(accepted=3)
    counted = admin.execute(
        "SELECT admission_id, count(*) FROM report.nursing_notes GROUP BY 1"
    ).fetchall()
    assert dict(counted) == {stay: 1, other: 2}
