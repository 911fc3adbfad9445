"""The rows of a ward's rounds, and what is answered in them and not saved. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from ui.context import Drafts
from ui.formats import time_text
from ui.rounding.round_row import Look, RoundEntry, RoundRow
from ui.rounding.words import alike_names, subject_text
from ward_app.rounding.types import DueLine, RoundsOfWard, Template

DRAFTS = "rounds"
Subject = tuple[UUID | None, str]


class KeptRows:
    """A row for each subject (a patient, or the ward) and checklist.

    What is answered outlives a new reading and the panel itself: it is kept for the person who
    answered it until it is saved or taken out.
    """

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._rows: dict[Subject, RoundRow] = {}

    @property
    def has_unsaved_entry(self) -> bool:
        """Whether anything is answered and not saved, here or on a ward shown before."""
        return any(entry.is_typed for entry in self._entries().values())

    def forget_rows(self) -> None:
        """Have no rows, as for a ward not read yet; what is answered stays."""
        self._rows = {}

    def take(self, found: RoundsOfWard, zone: tzinfo) -> None:
        """Take what was read; rows that are still there stay the same, with what is answered."""
        templates = {one.name: one for one in found.templates}
        self._rows = {
            _subject(line): self._row(line, templates[line.name], zone) for line in found.lines
        }
        alike = alike_names(found.lines)
        for row in self._rows.values():
            row.alike = row.line.admission_id in alike

    def rows_of(self, checklist: str | None, labels: frozenset[str] | None) -> list[RoundRow]:
        """Return a checklist's rows in bed order.

        Args:
            checklist: its name.
            labels: only the patients of these beds, None = all; the ward's own and those with
                something answered stay.
        """
        rows = [
            row
            for (_, name), row in self._rows.items()
            if name == checklist and _fits(row, labels)
        ]
        return sorted(rows, key=lambda row: (row.line.bed_position or 0, subject_text(row.line)))

    def end_saved(self, rows: Sequence[RoundRow], at: datetime, zone: tzinfo) -> None:
        """Begin saved rows anew, each saying when it was saved."""
        for row in rows:
            row.busy, row.twice_asked = False, False
            row.entry = self._entries()[_subject(row.line)] = RoundEntry(row.template)
            row.say(f"Saved {time_text(at, zone)}.", Look.SAVED)

    def _entries(self) -> dict[Subject, RoundEntry]:
        """Return what is answered and not saved."""
        kept: dict[Subject, RoundEntry] | None = self._drafts.kept(DRAFTS)
        if kept is None:
            kept = {}
            self._drafts.keep(DRAFTS, kept)
        return kept

    def _row(self, line: DueLine, template: Template, zone: tzinfo) -> RoundRow:
        subject = _subject(line)
        row = self._rows.get(subject)
        if row is not None:
            row.line = line
            if not row.entry.is_typed and not row.busy:
                row.entry = self._entries().setdefault(subject, RoundEntry(template))
                row.entry.template = template
            elif row.answered_meanwhile and not row.busy:
                row.say_answered(zone)
            return row
        entry = self._entries().setdefault(subject, RoundEntry(template))
        if not entry.is_typed:
            entry.template = template
        return RoundRow(line, entry)


def fill_in(drafts: Drafts, subject: Subject, entry: RoundEntry) -> bool:
    """Put answers into a row that is shown, or will be; False: something is answered there."""
    kept: dict[Subject, RoundEntry] = drafts.kept(DRAFTS) or {}
    if subject in kept and kept[subject].is_typed:
        return False
    drafts.keep(DRAFTS, {**kept, subject: entry})
    return True


def _subject(line: DueLine) -> Subject:
    return (line.admission_id or line.ward_id, line.name)


def _fits(row: RoundRow, labels: frozenset[str] | None) -> bool:
    line = row.line
    stays = labels is None or line.admission_id is None or row.entry.is_typed
    return stays or line.bed_label in (labels or ())
