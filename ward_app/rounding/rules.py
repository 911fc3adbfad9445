"""Rules of rounds: what may be answered, what is an exception, what is overdue. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from ward_app.rounding.types import (
    Answer,
    Answers,
    Choice,
    DeferralReason,
    DueLine,
    Item,
    ItemKind,
    Subject,
    Template,
)

WORDS_LONGEST = 500
YES, NO = Choice("yes", "Y", "yes"), Choice("no", "N", "no")
_LAST = datetime.max.replace(tzinfo=UTC)

# How long a checklist is put off unless the nurse says otherwise. Ours, for convenience alone.
_PROPOSED_MINUTES = {
    DeferralReason.ASLEEP: 120,
    DeferralReason.OFF_WARD: 60,
    DeferralReason.REFUSED: 60,
    DeferralReason.WITH_TEAM: 30,
    DeferralReason.END_OF_LIFE: 240,
    DeferralReason.WORKLOAD: 30,
    DeferralReason.OTHER: 30,
}

AS_USUAL = "all as usual"


def template_of(template_id: UUID, content: Mapping[str, Any]) -> Template:
    """Return the checklist that stored content describes.

    Raises:
        KeyError, ValueError, TypeError: the content is not a checklist; the database lets none in.
    """
    return Template(
        id=template_id,
        name=content["name"],
        version=int(content["version"]),
        title=content["title"],
        key=content.get("key", ""),
        subject=Subject(content["subject"]),
        items=tuple(_item(entry) for entry in content["items"]),
        deferrals=tuple(DeferralReason(reason) for reason in content["deferrals"]),
        work_minutes=int(content.get("work_minutes", 5)),
        source=content.get("source", ""),
        needs_sign_off=content.get("needs_sign_off", ""),
    )


def missing(template: Template, answers: Answers) -> tuple[Item, ...]:
    """Return the items that must be answered and are not."""
    return tuple(one for one in template.items if one.required and one.name not in answers)


def problem(item: Item, answer: Answer) -> str | None:
    """Return why an answer cannot be stored with an item; None = it can."""
    if item.kind is ItemKind.BODY_MAP:
        known = {choice.value for choice in item.choices}
        fits = isinstance(answer, tuple) and set(answer) <= known
        return None if fits else f"{item.label} names a place that is not on the map."
    if not isinstance(answer, str):
        return f"{item.label} is not an answer of this kind."
    if item.kind is ItemKind.TEXT:
        fits = 0 < len(answer) <= WORDS_LONGEST
        return None if fits else f"{item.label} has at most {WORDS_LONGEST} letters."
    if item.kind is ItemKind.NUMBER:
        return _number_problem(item, answer)
    if answer in {choice.value for choice in item.choices}:
        return None
    return f"{item.label} is one of {', '.join(choice.words for choice in item.choices)}."


def is_exception(item: Item, answer: Answer) -> bool:
    """Whether words are asked for to an answer."""
    if isinstance(answer, tuple):
        return False
    if item.usual_range is not None and _number_problem(item, answer) is None:
        lowest, highest = item.usual_range
        return not lowest <= Decimal(answer) <= highest
    return answer in item.exceptions


def usual_answers(template: Template) -> dict[str, Answer]:
    """Return what "all as usual" answers: only items that have a usual answer."""
    return {one.name: one.usual for one in template.items if one.usual is not None}


def answer_text(item: Item, answer: Answer) -> str:
    """Return an answer as it reads."""
    words = {choice.value: choice.words for choice in item.choices}
    if isinstance(answer, tuple):
        return ", ".join(words.get(place, place) for place in answer) or "none"
    return f"{words.get(answer, answer)} {item.unit}".rstrip()


def summary(template: Template, answers: Answers, words: Mapping[str, str]) -> str:
    """Return answers as they read: what is not as usual by name, an exception marked.

    Words stand behind their answer.
    """
    told = []
    for item in template.items:
        answer = answers.get(item.name)
        if answer is None or (answer == item.usual and item.name not in words):
            continue
        mark = "▲ " if is_exception(item, answer) else ""
        behind = f" ({words[item.name]})" if item.name in words else ""
        told.append(f"{mark}{item.label}: {answer_text(item, answer)}{behind}")
    if any(answers.get(item.name) == item.usual for item in template.items if item.usual):
        told.append("all else as usual" if told else AS_USUAL)
    return "; ".join(told) or "nothing answered"


def proposed_until(reason: DeferralReason, now: datetime) -> datetime:
    """Return until when a checklist is put off unless somebody says otherwise, aware."""
    return now + timedelta(minutes=_PROPOSED_MINUTES[reason])


def is_overdue(due_at: datetime | None, now: datetime) -> bool:
    """Whether a time passed a whole minute ago or more."""
    return due_at is not None and now - due_at >= timedelta(minutes=1)


def urgency(line: DueLine) -> tuple[Any, ...]:
    """Return what a worklist is sorted by: earliest due first, nothing due last."""
    return (line.due_at or _LAST, line.bed_position or 0, line.title, str(line.admission_id))


def _number_problem(item: Item, answer: str) -> str | None:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return f"{item.label} is not a number."
    lowest, highest = item.possible or (Decimal("-Infinity"), Decimal("Infinity"))
    if number.is_finite() and lowest <= number <= highest:
        return None
    return f"{item.label} lies between {lowest} and {highest} {item.unit}".rstrip() + "."


def _item(entry: Mapping[str, Any]) -> Item:
    kind = ItemKind(entry["kind"])
    return Item(
        name=entry["name"],
        label=entry["label"],
        kind=kind,
        required=bool(entry.get("required", False)),
        choices=(YES, NO)
        if kind is ItemKind.YES_NO
        else tuple(Choice(*choice) for choice in entry.get("choices") or ()),
        usual=entry.get("usual"),
        exceptions=frozenset(entry.get("exceptions", ())),
        unit=entry.get("unit", ""),
        possible=_ends(entry.get("possible")),
        usual_range=_ends(entry.get("usual_range")),
    )


def _ends(raw: Any) -> tuple[Decimal, Decimal] | None:
    if not raw:
        return None
    lowest, highest = (Decimal(end) for end in raw)
    return lowest, highest
