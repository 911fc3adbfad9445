"""What follows from what the record says when patients are handed over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from ward_app.handover.sheet_types import PocketSheet
from ward_app.handover.types import (
    Alert,
    Allergy,
    Answer,
    AnswerKind,
    Assessed,
    Call,
    Decision,
    DeviceInPlace,
    Due,
    Facts,
    Given,
    HandoverLine,
    Measured,
    Receiver,
    SignedNote,
    State,
    Trend,
    VitalSet,
    WardHandover,
)

T = TypeVar("T")
# want 14: what the one who comes is shown at least; the hours of a shift's first half
DUE_WITHIN = timedelta(hours=4)
_DAYS = frozenset({"born_on", "expected_on"})
_MOMENTS = frozenset({"at", "until", "respond_by"})
_LISTS: Mapping[str, type] = {
    "allergies": Allergy,
    "flags": Alert,
    "decisions": Decision,
    "sets": VitalSet,
    "measured": Measured,
    "assessed": Assessed,
    "devices": DeviceInPlace,
    "notes": SignedNote,
    "dues": Due,
}


def facts_of(stored: Mapping[str, Any]) -> Facts:
    """Return a stored reading of the record as values; what it does not know is ignored."""
    parts: dict[str, Any] = {
        name: tuple(_value(kind, one) for one in stored.get(name, ()))
        for name, kind in _LISTS.items()
    }
    call = stored.get("call")
    parts["call"] = _value(Call, call) if call else None
    for field in fields(Facts):
        if field.name not in parts:
            parts[field.name] = _plain(field.name, stored.get(field.name))
    return Facts(**parts)


def answers_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Answer, ...]:
    """Return stored answers as values, the first given first."""
    return tuple(
        Answer(
            id=UUID(one["id"]),
            kind=AnswerKind(one["kind"]),
            words=one["words"],
            read_back=one["read_back"],
            by=one["by"],
            at=datetime.fromisoformat(one["at"]),
        )
        for one in stored
    )


def state_of(line: HandoverLine) -> State:
    """Return where the handover of a patient stands."""
    if line.given is None:
        return State.NOT_GIVEN
    return State(line.given.ended.value) if line.given.ended else State.GIVEN


def waits(line: HandoverLine) -> Given | None:
    """Return the giving that nobody has answered for good, None when there is none."""
    return line.given if state_of(line) is State.GIVEN else None


def given_to_me(line: HandoverLine, reader_id: UUID) -> bool:
    """Whether somebody else gave this patient and nobody accepted yet."""
    given = waits(line)
    return given is not None and given.by_id != reader_id


def is_for_reader(line: HandoverLine) -> bool:
    """Whether this patient waits for the reader, by name or by role."""
    given = waits(line)
    return given is not None and given.to_me


def is_taken_by_another(given: Given | None) -> bool:
    """Whether somebody accepted who is not the person it was for."""
    if given is None or given.ended is not AnswerKind.ACCEPTED or given.to_user_id is None:
        return False
    return given.ended_by_id != given.to_user_id


def proposed_receiver(line: HandoverLine, receivers: Iterable[Receiver]) -> Receiver | None:
    """Return whom the patient is given to unless the giver says otherwise.

    Whoever it was given to while that waits, else the person who is to have the bed next by plan;
    None = whoever takes over.
    """
    given = waits(line)
    if given is not None:
        if given.to_name is None:
            return None
        return Receiver(given.to_user_id, given.to_role, given.to_name)
    return next((one for one in receivers if line.bed_id in one.bed_ids), None)


def has_changed(line: HandoverLine) -> bool:
    """Whether the record says something else than when the patient was given."""
    given = waits(line)
    return given is not None and given.facts_hash != line.facts_hash


def open_questions(given: Given | None) -> tuple[Answer, ...]:
    """Return the questions asked after the last reply, the first asked first."""
    asked: tuple[Answer, ...] = ()
    for answer in given.answers if given else ():
        if answer.kind is AnswerKind.QUESTION:
            asked = (*asked, answer)
        elif answer.kind is AnswerKind.REPLY:
            asked = ()
    return asked


def is_open_item(line: HandoverLine) -> bool:
    """Whether an escalation is open that nobody brought to an end: it leads the handover."""
    return line.facts.call is not None


def is_unanswered(line: HandoverLine) -> bool:
    """Whether an escalation is open that nobody answered yet."""
    return line.facts.call is not None and line.facts.call.answered_by is None


def of_reader(handover: WardHandover, reader_id: UUID) -> tuple[HandoverLine, ...]:
    """Return the reader's patients: beds she is responsible for, and what others gave.

    Everybody on the ward as long as she is responsible for no bed: she is about to take some.
    """
    lines = tuple(
        line
        for line in handover.lines
        if line.bed_id in handover.mine or given_to_me(line, reader_id)
    )
    return lines if handover.mine else handover.lines


def in_order(lines: Iterable[HandoverLine]) -> tuple[HandoverLine, ...]:
    """Return unanswered escalations first, then who is given to the reader, then open items.

    Each part stays in bed order as it came. What nobody answered leads whoever reads.
    """

    def place(line: HandoverLine) -> tuple[bool, bool, bool]:
        return not is_unanswered(line), not is_for_reader(line), not is_open_item(line)

    return tuple(sorted(lines, key=place))


def due_within(facts: Facts, now: datetime, within: timedelta = DUE_WITHIN) -> tuple[Due, ...]:
    """Return what is overdue or falls due by elapsed time, the earliest first.

    Looks at devices and devices that are to come out are among it.
    """
    until = now.astimezone(UTC) + within
    return tuple(due for due in all_due(facts) if due.due_at <= until)


def all_due(facts: Facts) -> tuple[Due, ...]:
    """Return everything due, devices included, the earliest first."""
    found = (*facts.dues, *(due for device in facts.devices for due in _device_dues(device)))
    return tuple(sorted(found, key=lambda due: (due.due_at, due.source, due.title or "")))


def is_new(at: datetime | None, since: datetime | None) -> bool:
    """Whether something was recorded after the reader accepted the patient last.

    Nothing is new to who never accepted the patient: everything would be.
    """
    return since is not None and at is not None and at > since


def new_since(facts: Facts, since: datetime | None) -> int:
    """Return how many entries came since the reader's last acceptance; 0 without any."""
    return sum(is_new(at, since) for at in _recorded(facts))


def trend(sets: Sequence[VitalSet]) -> Trend | None:
    """Return where the score went over the sets, newest first.

    None: fewer than two of them have a score, or packs differ. What is incomplete has none.
    """
    scored = [one for one in sets if one.total is not None]
    if len(scored) < 2 or len({one.pack for one in scored}) > 1:  # noqa: PLR2004 - a pair
        return None
    last, first = scored[0].total or 0, scored[-1].total or 0
    if last == first:
        return Trend.STEADY
    return Trend.RISING if last > first else Trend.FALLING


def is_expired(sheet: PocketSheet, now: datetime) -> bool:
    """Whether a sheet should have been returned or shredded by now and was not."""
    return sheet.ended is None and sheet.expires_at <= now


def outstanding(sheets: Iterable[PocketSheet]) -> tuple[PocketSheet, ...]:
    """Return the sheets nobody ticked, the one that expires first at the top."""
    out = [sheet for sheet in sheets if sheet.ended is None]
    return tuple(sorted(out, key=lambda sheet: (sheet.expires_at, sheet.serial)))


def _device_dues(device: DeviceInPlace) -> Iterator[Due]:
    at = device.looked_at or device.at
    if device.due_at is not None:
        yield Due(source="device", title=device.kind, due_at=device.due_at, reason=None, at=at)
    if device.due_out_at is not None:
        yield Due(
            source="device", title=device.kind, due_at=device.due_out_at, reason="out", at=at
        )


def _recorded(facts: Facts) -> Iterator[datetime]:
    for entries in (
        facts.allergies, facts.flags, facts.decisions, facts.sets, facts.measured,
        facts.assessed, facts.devices, facts.notes,
    ):  # fmt: skip
        for entry in entries:
            yield entry.at
    if facts.call is not None:
        yield facts.call.at


def _value(kind: type[T], stored: Mapping[str, Any]) -> T:
    names = (field.name for field in fields(kind))  # type: ignore[arg-type] # kinds of _LISTS
    return kind(**{name: _plain(name, stored.get(name)) for name in names})


def _plain(name: str, stored: Any) -> Any:
    if stored is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(stored)
    if name in _MOMENTS or name.endswith("_at"):
        return datetime.fromisoformat(stored)
    return stored
