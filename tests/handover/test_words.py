"""How each part of the record reads in a handover and on a card, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.handover.builders import A_CALL, A_SET, AT, a_given, a_line, facts
from tests.handover.test_rules import A_DEVICE, answer, due
from ui.handover.card_words import card_head, card_lines
from ui.handover.columns import summary_text
from ui.handover.sbar import on_one_line, sbar
from ui.handover.words import Reading, call_short, score_short, score_token, state_short
from ward_app.core.ids import new_id
from ward_app.handover.rules import answers_of
from ward_app.handover.types import AnswerKind

AGO = (AT - timedelta(hours=1)).isoformat()
RICH = {
    "allergies": [{"substance": "Latex", "reaction": "rash", "at": AGO}],
    "flags": [{"kind": "isolation", "detail": "MRSA", "at": AGO}],
    "decisions": [
        {"what": "oxygen_scale", "number": 2, "by": "Dr Mensah", "why": "COPD", "at": AGO},
        {"what": "accepted_score", "number": 6, "by": "Dr X", "why": "usual", "at": AGO,
         "until": (AT + timedelta(hours=9)).isoformat()},
        {"what": "plan", "number": 30, "at": AGO},
    ],
    "sets": [
        {**A_SET, "total": 5, "note": "clammy", "further": {"work_of_breathing": True}},
        {**A_SET, "total": 3},
    ],
    "measured": [
        {"kind": "pain", "summary": "7/10", "measured_at": AGO, "at": AGO},
        {"kind": "stool", "summary": "type 5", "measured_at": AGO, "at": AGO},
    ],
    "assessed": [
        {"title": "Falls", "score": 3, "band": "high", "complete": True, "assessed_at": AGO,
         "at": AGO},
        {"title": "Mobility", "score": None, "band": "At risk", "complete": True,
         "assessed_at": AGO, "at": AGO},
        {"title": "Braden", "score": None, "band": None, "complete": False, "assessed_at": AGO,
         "at": AGO},
    ],
    "devices": [A_DEVICE, {**A_DEVICE, "kind": "of_tomorrow", "inserted_at": None}],
    "notes": [{"title": "Progress", "kind": "progress", "by": None, "said_at": AGO,
               "text": "Slept\nwell", "at": AGO}],
    "dues": [
        due(AT - timedelta(minutes=30)),
        {**due(AT + timedelta(hours=1), "observations"), "title": None},
    ],
    "call": A_CALL,
}  # fmt: skip
SINCE = datetime(2026, 11, 20, 5, tzinfo=UTC)


def told(line, since=None):
    return {
        part.title: [(one.text, one.when, one.new) for one in part.lines]
        for part in sbar(line, Reading(since, AT, UTC))
    }


def texts(line, part):
    return [text for text, _when, _new in told(line)[part]]


def test_that_the_situation_leads_with_the_open_alert_and_the_trend():
    said = texts(a_line(facts=facts(**RICH)), "Situation")
    assert said[2:] == [
        "▲ Open alert: medium, score 5, medical team. Not answered, open 30 min",
        "NEWS2 5, ↗ rising (before: 3)",
    ]


def test_that_who_answered_an_alert_is_named():
    call = {**A_CALL, "answered_by": "Dr Mensah", "state": "acknowledged", "answered_at": AGO}
    line = a_line(facts=facts(call=call))
    assert "Acknowledged by Dr Mensah" in texts(line, "Situation")[2]
    assert call_short(line.facts) == "▲ Acknowledged"


def test_that_the_background_tells_allergies_alerts_decisions_and_notes():
    said = texts(a_line(facts=facts(**RICH)), "Background")
    assert said[1:] == [
        "▲ Allergy: Latex (rash)",
        "▲ Isolation: MRSA",
        "SpO₂ scale 2 (Dr Mensah): COPD",
        "Score 6 agreed: nobody is called for it, until 17:00 (Dr X): usual",
        "Observe every 30 min",
        "Progress (imported): Slept well",
    ]


def test_that_no_known_allergies_are_said_to_be():
    line = a_line(facts=facts(allergy_status="none_known"))
    assert "No known allergies" in texts(line, "Background")


def test_that_the_assessment_tells_sets_pain_scores_and_devices():
    said = texts(a_line(facts=facts(**RICH)), "Assessment")
    assert said[0].startswith("NEWS2 5: RR 18 · SpO₂ 94 · P 92")
    assert said[2:] == [
        "work of breathing True",
        "clammy",
        "Pain: 7/10",
        "Stool: type 5",
        "Falls: 3, high",
        "Mobility: At risk",
        "Braden: incomplete",
        "Peripheral cannula, left forearm, 20 G, day 2: ■ VIP 1",
        "of_tomorrow, forearm, since when not known",
    ]


def test_that_the_recommendation_tells_words_dues_and_questions():
    given = a_given(own_words="Call her", answers=answers_of([answer("question", "Who?")]))
    line = a_line(facts=facts(**RICH), given=given, draft="Mind the step")
    said = texts(line, "Recommendation")
    assert "“Call her” (Bo Both)" in said
    assert "“Mind the step” (yours, not given yet)" in said
    assert "▲ Skin check" in said
    assert "Observations" in said
    assert "Peripheral cannula is to come out" in said
    assert said[-1].endswith("Bo Both asks: Who?")
    assert "Nothing is due" not in " ".join(said)


def test_that_nothing_due_is_said_to_be():
    assert "Nothing is due in the next four hours." in texts(a_line(), "Recommendation")


def test_that_words_taken_back_are_not_shown_any_more():
    given = a_given(own_words="Call her", ended=AnswerKind.WITHDRAWN, ended_at=AT, ended_by="Bo")
    line = a_line(given=given)
    assert not any("Call her" in text for text in texts(line, "Recommendation"))
    assert not any("Call her" in text for text, _loud in card_lines(line, Reading(None, AT, UTC)))


@pytest.mark.parametrize(("read_back", "words"), [(True, "read back"), (False, "not read back")])
def test_that_an_acceptance_tells_whether_it_was_read_back(read_back, words):
    stored = {**answer("accepted", None), "read_back": read_back}
    line = a_line(given=a_given(answers=answers_of([stored])))
    assert texts(line, "Recommendation")[-1].endswith(f"accepted, {words}")


def test_that_what_is_new_is_marked_line_by_line():
    line = a_line(facts=facts(**RICH))
    marked = [text for part in told(line, SINCE).values() for text, _when, new in part if new]
    assert any(text.startswith("▲ Open alert") for text in marked)
    assert "▲ Allergy: Latex (rash)" in marked
    assert "Pain: 7/10" in marked
    later = told(line, AT)
    assert not any(new for part in later.values() for _text, _when, new in part)


def test_that_what_is_incomplete_or_unscored_is_no_score():
    none = {**A_SET, "total": None, "at_least": None, "pack": None, "risk": None}
    partly = {**A_SET, "total": None, "at_least": 2}
    assert score_short(facts()) == "—"
    assert score_token(facts()) is None
    assert score_short(facts(sets=[none])) == "—"
    assert score_short(facts(sets=[partly])) == "≥2"
    assert score_token(facts(sets=[partly])) == "risk_low"
    assert "Not scored" in texts(a_line(facts=facts(sets=[none])), "Situation")
    said = texts(a_line(facts=facts(sets=[none])), "Assessment")
    assert said[0].startswith("Not scored: RR 18")


def test_that_the_list_marks_a_record_that_changed():
    reading = Reading(None, AT, UTC)
    assert state_short(a_line(), reading) == "not given"
    assert state_short(a_line(given=a_given()), reading) == "given 07:40"
    assert state_short(a_line(facts_hash="b", given=a_given()), reading) == "▲ given 07:40"


def test_that_a_card_has_alert_due_devices_and_pain():
    reading = Reading(SINCE, AT, UTC)
    line = a_line(facts=facts(**RICH))
    said = [text for text, _loud in card_lines(line, reading)]
    assert said[0] == "▲ Not answered since 07:30"
    assert said[1] == "▲ Allergy: Latex · Isolation MRSA"
    assert "Due: ▲ 07:30 Skin check; 09:00 Observations; 10:00" in " ".join(said)
    assert "Peripheral cannula, left, forearm; of_tomorrow, left, forearm" in said
    assert said[-1] == "Pain: 7/10"
    assert card_head(line, reading)[1].endswith(" new")
    assert card_head(a_line(facts=facts(bed=None)), reading)[0] == "No bed  OKAFOR, Ada"


def test_that_a_card_says_when_allergies_or_the_reason_are_not_known():
    line = a_line(facts=facts(allergy_status="not_recorded", reason=None))
    said = [text for text, _loud in card_lines(line, Reading(None, AT, UTC))]
    assert said == ["▲ Allergies not recorded", "Reason not recorded"]


def test_that_the_summary_counts_only_what_there_is():
    reader = new_id()
    lines = [a_line(), a_line(given=a_given()), a_line(facts=facts(call=A_CALL))]
    assert summary_text(lines, reader) == "1 open item · 1 to accept · 2 not given"
    assert summary_text([], reader) == ""


TARGET = {"what": "oxygen_target", "number": 88, "up_to": 92, "by": "Dr Mensah", "why": None,
          "at": AGO}  # fmt: skip


@pytest.mark.parametrize(
    ("spo2", "on_oxygen", "said"),
    [
        (90, True, " · target 88 to 92 %"),
        (95, True, " · ▲ above target 88 to 92 %"),
        (95, False, " · target 88 to 92 %"),
        (86, False, " · ▼ below target 88 to 92 %"),
        (None, True, ""),
    ],
)
def test_that_the_oxygen_target_is_told_with_the_newest_set_and_as_a_decision(
    spo2, on_oxygen, said
):
    newest = {**A_SET, "spo2": spo2, "on_oxygen": on_oxygen}
    line = a_line(facts=facts(decisions=[TARGET], sets=[newest, A_SET]))
    assert "Oxygen target 88 to 92 % (Dr Mensah)" in texts(line, "Background")
    first, second = texts(line, "Assessment")[:2]
    assert first.endswith(said) if said else "target" not in first
    assert "target" not in second
    card = [words for words, _loud in card_lines(line, Reading(None, AT, UTC))]
    assert any(words.endswith(said) for words in card) if said else "target" not in str(card)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Slept well", "Slept well"),
        ("Found\nOn the floor.\n\nDone\nDoctor told.", "Found: On the floor. Done: Doctor told."),
        ("Slept\nwell", "Slept well"),
        ("Slept well.\nNo pain.\n\nAte", "Slept well. No pain. Ate"),
        ("", ""),
    ],
    ids=["one line", "parts with headings", "lines", "lines with an end", "nothing"],
)
def test_that_a_note_on_one_line_has_a_colon_behind_its_headings(text, said):
    assert on_one_line(text) == said
