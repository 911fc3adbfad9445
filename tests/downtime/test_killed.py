"""Programs killed while they chart: what was acknowledged arrives, each entry once."""

from __future__ import annotations

import random
from multiprocessing import get_context
from time import perf_counter

import pytest

from tests.downtime.appending import append_for_ever
from tests.patience import PATIENCE_S

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
