"""What was charted at this station without the database, until it is there and settled.

One sealed log (`sealed_log`) holds entries and, after them, what became of them: nothing is ever
changed in place. Two programs of one station may use it at once.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ward_app.core.errors import WardError
from ward_app.downtime.entries import ProvenEntry, entry_of
from ward_app.downtime.sealed_log import Reading, SealedLog
from ward_app.downtime.types import Damage, EntryState, HeldEntry

FOLDER = "downtime"
_NAME = "outbox"
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FINAL = {EntryState.ACCEPTED, EntryState.ALREADY_THERE, EntryState.SETTLED}


class NotKeptError(WardError):
    """The disk of this station does not keep, or give, what is charted without the database."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the entry with a number; `by` = the user id of who settled it here."""

    number: int
    state: EntryState
    at: datetime
    problem: str | None = None
    by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An entry as it is sent, with its number here."""

    number: int
    admission_id: UUID | None
    proven: ProvenEntry


class Outbox:
    """The outbox in a folder. Every method may wait for the disk: not for the GUI thread."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Take the folder (made when first needed) and its key (`seals.seal_key`)."""
        self._log = SealedLog(folder, _NAME, key)

    @property
    def is_begun(self) -> bool:
        """Whether anything was ever charted here without the database."""
        return self._log.is_begun

    def keep(self, entries: Sequence[ProvenEntry]) -> None:
        """Keep entries; returns when all of them are on the disk.

        Raises:
            NotKeptError: none of them is.
        """
        self._append(
            [{"session": str(e.session_id), "body": e.body, "mac": e.mac} for e in entries]
        )

    def decide(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what became of entries.

        Raises:
            NotKeptError: the disk refused; they still stand where they stood.
        """
        self._append(
            [
                {
                    "of": outcome.number,
                    "state": outcome.state.value,
                    "at": outcome.at.isoformat(),
                    "problem": outcome.problem,
                    "by": outcome.by and str(outcome.by),
                }
                for outcome in outcomes
            ]
        )

    def held(self) -> tuple[HeldEntry, ...]:
        """Return every entry that can be read, in the order in which they were charted.

        Raises:
            NotKeptError: the disk does not give them.
        """
        return tuple(_held(self._contents(self._read())).values())

    def outgoing(self) -> tuple[Outgoing, ...]:
        """Return the entries that wait, and those that need a person, as they are sent.

        Raises:
            NotKeptError: the disk does not give them.
        """
        contents = self._contents(self._read())
        return tuple(
            Outgoing(number, held.entry.admission_id, _proven(contents[number]))
            for number, held in _held(contents).items()
            if held.state not in _FINAL
        )

    def damage(self) -> Damage | None:
        """Return what cannot be read, None when nothing is wrong.

        Raises:
            NotKeptError: the disk does not give anything.
        """
        reading = self._read()
        contents = self._contents(reading)
        known = {number for each in contents.values() for number in each.get("known", ())}
        missing = [number for number in reading.missing if number not in known]
        if not missing and reading.head_is_whole and reading.in_order:
            return None
        readable = sum("body" in each for each in contents.values())
        lost = len(missing) if reading.head_is_whole else None
        return Damage(_told(reading, len(missing), readable), readable, lost)

    def accept_damage(self, reason: str, at: datetime) -> int:
        """Keep that a human knows what cannot be read any more; return how many that are.

        Raises:
            NotKeptError: the disk refused.
        """
        missing = self._read().missing
        self._append([{"known": missing, "reason": reason, "at": at.isoformat()}])
        return len(missing)

    def forget(self, before: datetime) -> int:
        """Remove what ended before then, from the oldest on; return how many entries went.

        What waits, or needs a person, keeps itself and all that follows it.

        Raises:
            NotKeptError: the disk refused.
        """
        contents = self._contents(self._read())
        held = _held(contents)
        if not held or self.damage() is not None:
            return 0
        staying = [
            number
            for number, each in held.items()
            if each.state not in _FINAL or each.decided_at is None or each.decided_at >= before
        ]
        first = min(staying, default=max(contents) + 1)
        going = sum(number < first for number in held)
        if going:
            try:
                self._log.forget_before(first)
            except OSError as error:
                raise _refusal(error) from error
        return going

    def _append(self, contents: Sequence[Mapping[str, Any]]) -> None:
        if contents:
            try:
                self._log.append([json.dumps(each).encode() for each in contents])
            except OSError as error:
                raise _refusal(error) from error

    def _read(self) -> Reading:
        try:
            return self._log.read()
        except OSError as error:
            raise NotKeptError(
                f"What was charted here without the server cannot be read: {error.strerror}. It "
                "is still on the disk. Keep this computer as it is, and tell IT."
            ) from error

    def _contents(self, reading: Reading) -> dict[int, dict[str, Any]]:
        return {record.number: json.loads(record.content) for record in reading.records}


def _held(contents: Mapping[int, Mapping[str, Any]]) -> dict[int, HeldEntry]:
    """Return entries by number, each as the last outcome has it."""
    held: dict[int, HeldEntry] = {}
    for number, content in contents.items():
        if "body" in content:
            held[number] = HeldEntry(
                number, entry_of(content["body"]), UUID(content["session"]), EntryState.WAITING
            )
        elif content.get("of") in held:
            held[content["of"]] = replace(
                held[content["of"]],
                state=EntryState(content["state"]),
                problem=content["problem"],
                decided_at=datetime.fromisoformat(content["at"]),
            )
    return held


def _proven(content: Mapping[str, Any]) -> ProvenEntry:
    return ProvenEntry(UUID(content["session"]), content["body"], content["mac"])


def _refusal(error: OSError) -> NotKeptError:
    why = "is full" if error.errno in _FULL else f"does not work ({error.strerror})"
    return NotKeptError(
        f"The disk of this computer {why}: nothing was saved. Write it on paper, chart it at "
        "another computer or later, and tell IT."
    )


def _told(reading: Reading, missing: int, readable: int) -> str:
    """Return what is wrong, what is safe and what to do."""
    if missing:
        what = f"{_so_many(missing)} of the downtime list of this computer cannot be read any more"
    elif not reading.in_order:
        what = "The downtime list of this computer was changed outside the program"
    else:
        what = (
            "The seal of the downtime list of this computer is damaged: nobody knows whether "
            "entries at its end are missing"
        )
    return (
        f"{what}. {_so_many(readable)} can be read, are safe and will be sent. Compare them with "
        "what was charted, enter what is missing from paper, and tell IT: wardctl downtime verify."
    )


def _so_many(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"
