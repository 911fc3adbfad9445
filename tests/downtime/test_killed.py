"""Programs killed while they chart, or without room: what was acknowledged arrives, each once."""

from __future__ import annotations

import pytest

from tests.downtime.appending import append_beyond, append_for_ever
from tests.killing import RANDOM, Doomed
from tests.notes.builders import a_note
from ward_app.notes.service import sign_note

LONGEST_S = 0.004


def killed_once(*given):
    """Let a program chart and kill it at a random moment; return what it acknowledged."""
    program = Doomed(append_for_ever, *given)
    acknowledged = [program.hear() for _ in range(RANDOM.randint(1, 4))]
    program.go_on_a_moment(LONGEST_S)
    acknowledged += program.kill()
    return [number for numbers in acknowledged for number in numbers]


@pytest.mark.parametrize("kills", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_that_what_was_acknowledged_before_a_kill_arrives_once(
    station, stay, tmp_path, admin, kills
):
    acknowledged = []
    for _ in range(kills):
        acknowledged += killed_once(tmp_path / "downtime", station.author, stay)
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
    given = (tmp_path / "downtime", station.author, stay)
    for room, said in ((100, "nothing was saved. Write it on paper"), (100_000, "kept")):
        program = Doomed(append_beyond, *given, size + room)
        assert said in program.hear()
        program.kill()
        assert len(station.outbox.held()) == 1 + (said == "kept")
        assert station.outbox.damage() is None
