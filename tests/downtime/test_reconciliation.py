from datetime import timedelta
from functools import cache

import pytest

from tests import world
from tests.downtime.offline import an_author, an_entry
from tests.steps import ago
from ui.downtime import entry_words as say
from ward_app.core.ids import new_id
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.reconciliation import lines_of, note_seen, open_lines
from ward_app.downtime.service import REFUSED, append_all
from ward_app.downtime.types import EntryState, HeldEntry, OfflineKind, QueuedEntry, SettledHow

WHY = "The patient was discharged before that time."
NAMES = {world.id_of("nora"): "Nora Nurse"}


@cache
def nora():
    """Return one Nora for all tests of this file, signed in an hour before the first."""
    return an_author()


def held(state=EntryState.WAITING, problem=None, entry=None, number=1):
    return HeldEntry(number, entry or an_entry(nora()), new_id(), state, problem, ago(0))


def queued(entry, how=None):
    settled = (how, "Sam Sister", ago(0)) if how else (None, None, None)
    return QueuedEntry(
        new_id(), entry.kind, entry.admission_id, new_id(), new_id(), "Nora Nurse",
        entry.occurred_at, entry.entered_at, ago(0), WHY, *settled,
    )  # fmt: skip


def test_that_an_entry_here_and_in_the_database_is_one_line_as_the_database_has_it():
    here = held(EntryState.NEEDS_A_PERSON, WHY)
    (line,) = lines_of([here], [queued(here.entry, SettledHow.SET_ASIDE)], NAMES)
    assert line.state is EntryState.SETTLED
    assert line.held is here
    assert not line.is_open
    assert say.state_text(line) == "Set aside"
    assert say.why_short(line) == "Settled by Sam Sister"


def test_that_what_needs_a_person_of_ones_own_comes_first_and_what_is_settled_last():
    mine, entry = held(EntryState.NEEDS_A_PERSON, WHY), an_entry(nora(), occurred_at=ago(5))
    lines = lines_of(
        [
            held(EntryState.SETTLED),
            held(EntryState.ACCEPTED),
            held(EntryState.WAITING),
            held(EntryState.NEEDS_A_PERSON, WHY, an_entry(nora(), occurred_at=ago(9))),
            mine,
        ],
        [queued(mine.entry), queued(entry)],
        NAMES,
    )
    assert [say.state_text(line) for line in lines] == [
        "▲ needs a person", "▲ needs a person", "△ another ward", "○ waiting", "✓ accepted",
        "settled",
    ]  # fmt: skip
    assert lines[0].occurred_at == entry.occurred_at
    assert len(open_lines(lines)) == 5
    assert say.summary_text(lines) == "3 need a person, 1 waits, 1 accepted."


def test_that_who_charted_is_not_known_rather_than_guessed():
    (line,) = lines_of([held()], [], {})
    assert line.author == ""


def test_that_what_the_database_refused_is_settled_here_and_not_elsewhere():
    (line,) = lines_of([held(EntryState.NEEDS_A_PERSON, REFUSED)], [], NAMES)
    assert line.is_refused
    assert not line.is_elsewhere
    assert say.why_short(line) == say.NOT_PROVEN
    assert say.why_text(line) == REFUSED


def test_that_taking_note_of_what_was_accepted_leaves_the_rest(tmp_path):
    outbox = Outbox(tmp_path, bytes(32))
    append_all(outbox, nora(), [an_entry(nora()), an_entry(nora())])
    first, second = outbox.held()
    accepted = held(EntryState.ACCEPTED, entry=first.entry, number=first.number)
    note_seen(outbox, lines_of([accepted, second], [], NAMES), nora().user_id)
    assert [one.state for one in outbox.held()] == [EntryState.SETTLED, EntryState.WAITING]


def test_that_everything_settled_says_so():
    assert say.summary_text(lines_of([held(EntryState.SETTLED)], [], NAMES)) == (
        "Everything is settled."
    )


SET = {
    "respiratory_rate_per_min": 22, "spo2_percent": 0, "spo2_scale": 1, "on_oxygen": False,
    "temperature_celsius": "38.2", "further_signs": {}, "score_total": None,
    "score_at_least": 4, "score_pack": "news2", "incomplete_reason": "refused", "note": "Cold",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "row", "words"),
    [
        ("observations", SET, "NEWS2 ≥4: RR 22 · SpO₂ 0 · T 38.2 · Air · Patient refused\nCold"),
        ("observations", {"further_signs": {}}, "Not scored: nothing measured"),
        ("measurement", {"kind": "pain", "values": {"score": "7"}}, "Pain: 7/10"),
        ("measurement", {"kind": "of_tomorrow", "values": {}}, "Of tomorrow"),
        ("round_answers", {"answers": {"call_bell": "yes", "skin": ["a", "b"]}},
         "call bell: yes; skin: a, b"),
        ("round_answers", {"outcome": "deferred", "reason": "off_ward"}, "Put off: off ward"),
        ("note", {"title": "Fall", "sections": [{"heading": "Found", "text": "On the floor"}]},
         "Fall\nFound: On the floor"),
    ],
)  # fmt: skip
def test_that_an_entry_is_told_in_words_and_what_was_not_measured_is_left_out(kind, row, words):
    assert say.said_text(OfflineKind(kind), row) == words


def test_that_an_entry_charted_later_than_its_time_says_how_much_later():
    at = ago(90)
    entry = an_entry(nora(), occurred_at=at, entered_at=at + timedelta(minutes=12))
    (line,) = lines_of([held(entry=entry)], [], NAMES)
    text = say.line_text(line, {}, None, at.tzinfo, at)
    assert "12 min later by Nora Nurse" in text
    assert "On none of your wards now" in text
    assert "Enter shows what was charted." in text
