"""Programs killed while they chart, or without room: what was acknowledged arrives, each once."""

from __future__ import annotations

import random
from multiprocessing import get_context
from time import perf_counter

import pytest

from tests.downtime.appending import append_beyond, append_for_ever
from tests.notes.builders import a_note
from tests.patience import PATIENCE_S
from ward_app.notes.service import sign_note

LONGEST_S = 0.004
RANDOM = random.Random()  # noqa: S311 - when a program is killed is no secret


def killed_once(context, *given):
    """Let a program chart and kill it at a random moment; return what it acknowledged."""
    ours, theirs = context.Pipe(duplex=False)
    program = context.Process(target=append_for_ever, args=(*given, theirs), daemon=True)
    program.start()
    theirs.close()
    acknowledged = []
    for _ in range(RANDOM.randint(1, 4)):
        assert ours.poll(PATIENCE_S)
        acknowledged += ours.recv()
    until = perf_counter() + RANDOM.uniform(0, LONGEST_S)
    while perf_counter() < until:
        pass  # a sleep would end at moments of the scheduler's alone
    program.kill()
    program.join(PATIENCE_S)
    try:
        while True:
            acknowledged += ours.recv()
    except (EOFError, OSError):
        return acknowledged


@pytest.mark.parametrize("kills", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_that_what_was_acknowledged_before_a_kill_arrives_once(
    station, stay, tmp_path, admin, kills
):
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.downtime.appending"])
    acknowledged = []
    for _ in range(kills):
        acknowledged += killed_once(context, tmp_path / "downtime", station.author, stay)
    held = [entry.entry.id for entry in station.outbox.held()]
    assert len(held) == len(set(held))
    assert set(acknowledged) <= set(held)
    assert station.outbox.damage() is None
    report = station.replay()
    assert report.accepted == len(held)
    stored = admin.execute("SELECT id FROM report.nursing_notes").fetchall()
    assert {number for (number,) in stored} == set(held)
    assert len(stored) == len(held)


def test_that_where_the_disk_takes_a_part_nothing_is_kept(station, stay, tmp_path):
    """The system itself refuses, in the middle of an entry."""
    station.chart(sign_note, a_note(stay))
    file = station.outbox._log.file
    size = file.stat().st_size
    context = get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    given = (tmp_path / "downtime", station.author, stay)
    for room, said in ((100, "nothing was saved. Write it on paper"), (100_000, "kept")):
        program = context.Process(target=append_beyond, args=(*given, size + room, theirs))
        program.start()
        assert ours.poll(PATIENCE_S)
        assert said in ours.recv()
        program.join(PATIENCE_S)
        assert len(station.outbox.held()) == 1 + (said == "kept")
        assert station.outbox.damage() is None
