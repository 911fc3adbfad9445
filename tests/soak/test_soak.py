"""Many workstations fight over ten beds: nothing is ever in two places, and all is on record.

`./dev soak` runs it in full; a short fight belongs to the normal tests.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from time import perf_counter

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.soak import arena, verdict
from tests.soak.fighter import Orders
from ward_app.core.database import Actor

FULL = (16, 625)
SHORT = (6, 67)

# What a nurse may be told; anything else means that the database's own words came through.
SENTENCES = (
    r"Bed \w+ was given to (SOAKED\d\d, Ada|another patient) by Soak \d\d at \d\d:\d\d\. Your",
    r"This bed is not marked clean \(dirty\)\. Put the patient there all the same\?$",
    r"This patient is already in hospital: Ward \d \w+, (bed \w+|no bed)\.$",
    r"This patient has already left\. Refresh the board\.$",
    r"The time lies before the patient came to this place \([^)]+\)\. Check it\.$",
    r"The patient is already there\. Choose another place\.$",
    r"At that time the patient was already somewhere else\. Check the time and the history\.$",
    r"This patient has been in hospital again since, so that discharge cannot be undone\.$",
    r"Another step was recorded meanwhile\. Look at what would be undone now, and save again\.$",
    r"There is nothing left to undo for this patient\.$",
    r"This patient or ward is not one of yours, so nothing was changed\.$",
)


@pytest.fixture
def fight(server, database_name, admin_dsn, database, signed_in):
    """Return a function that lets so many fighters try so often each."""

    def begin(fighters, attempts, seed):
        for number in range(fighters):
            arena.enrol(admin_dsn, number)
        patients = arena.patients(database, Actor(signed_in("both").token))
        return arena.fight(
            [
                Orders(
                    host=str(server.socket_dir),
                    port=server.port,
                    name=database_name,
                    station=arena.station(number),
                    password=STATION_PASSWORD,
                    login=arena.login(number),
                    attempts=attempts,
                    seed=seed * 100 + number,
                    patients=patients,
                )
                for number in range(fighters)
            ]
        )

    return begin


def judge(admin, attempts):
    assert verdict.double_occupancy(admin) == []
    assert verdict.lost_patients(admin) == []
    assert unexplained(attempts) == []
    assert verdict.deadlocks(admin) == 0
    assert verdict.unlogged_rows(admin) == []
    every_success_is_on_record_once(admin, attempts)


def unexplained(attempts):
    """Return the refusals that do not say who won, or why."""
    return [
        attempt
        for attempt in attempts
        if attempt.outcome != "done"
        and (
            not any(re.match(sentence, attempt.sentence) for sentence in SENTENCES)
            or (attempt.outcome == "BedTakenError" and not attempt.given_by)
        )
    ]


def every_success_is_on_record_once(admin, attempts):
    done = {tuple(each.ids): each for each in attempts if each.outcome == "done"}
    claimed = {
        (each.act, row_id, each.station, str(world.id_of(each.login)))
        for each in done.values()
        for row_id in each.ids
    }
    words = {"cancellation": "undo"}
    logged, undone = defaultdict(list), {}
    for act, row_id, role, user_id, xact, undone_id in verdict.logged_steps(admin):
        logged[xact].append((words.get(act, act), row_id, role, user_id))
        undone[row_id] = undone_id
    # undoing a swap undoes both halves in one transaction; only one of them has the caller's id
    counted = Counter(step for steps in logged.values() for step in steps if step in claimed)
    assert set(counted) == claimed
    assert set(counted.values()) <= {1}
    assert all(any(step in claimed for step in steps) for steps in logged.values())
    assert len(logged) == len(done)
    assert verdict.logged_transactions(admin) == dict.fromkeys(logged, 1)
    asked_for = {each.ids[0]: each.step_id for each in done.values() if each.step_id}
    assert {key: undone[key] or step_id for key, step_id in asked_for.items()} == asked_for


def every_repeat_is_the_same(attempts):
    """Whether a command sent twice answered the second time as the first, once it was done."""
    for attempt, following in pairwise(attempts):
        if following.ids == attempt.ids and attempt.outcome == "done":
            assert (following.outcome, following.events, following.event_ids) == (
                "done",
                attempt.events,
                attempt.event_ids,
            )


def tally(attempts, seconds):
    """Return the table of what became of the attempts."""
    times = sorted(attempt.ms for attempt in attempts)
    counts = Counter((attempt.act, attempt.outcome) for attempt in attempts)
    lines = [f"{act:<10} {outcome:<18} {n:>6}" for (act, outcome), n in sorted(counts.items())]
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    summary = (
        f"{len(attempts)} attempts in {seconds:.1f} s; median {middle:.1f} ms, "
        f"99 % under {late:.0f} ms, longest {times[-1]:.0f} ms"
    )
    return [summary, *lines]


def test_that_six_workstations_never_put_two_patients_into_one_bed(fight, admin):
    attempts = fight(*SHORT, seed=1)
    judge(admin, attempts)
    every_repeat_is_the_same(attempts)
    outcomes = Counter(attempt.outcome for attempt in attempts)
    assert outcomes["done"] > 100
    assert outcomes["BedTakenError"] > 10
    assert {event for attempt in attempts for event in attempt.events} == {
        "A01", "A02", "A03", "A11", "A12", "A13", "A17"
    }  # fmt: skip


@pytest.mark.soak
def test_that_sixteen_workstations_never_put_two_patients_into_one_bed(
    request, fight, admin, capsys
):
    began = perf_counter()
    attempts = fight(*FULL, seed=2)
    lines = tally(attempts, perf_counter() - began)
    with capsys.disabled():
        for line in ("", *lines):
            request.config.get_terminal_writer().line(line)
    judge(admin, attempts)
    every_repeat_is_the_same(attempts)
