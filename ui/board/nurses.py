"""What the board says of nurses: who holds a bed, and patients whom nobody on duty holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ui.board.facts import Fact
from ward_app.board.types import BoardBed


@dataclass(frozen=True, slots=True)
class BedNurses:
    """Who holds which bed, in words by the bed's id, and beds of patients nobody on duty holds."""

    facts: Mapping[UUID, Fact] = field(default_factory=dict)
    gaps: frozenset[UUID] = frozenset()

    def of(self, bed: BoardBed) -> tuple[Fact, ...]:
        """Return what is known of a bed's nurse; nothing where nothing is."""
        fact = self.facts.get(bed.bed_id) if bed.bed_id else None
        return (fact,) if fact else ()

    @property
    def words(self) -> str:
        """How many patients nobody on duty holds, loudly; empty where all have a nurse."""
        return f"▲ {len(self.gaps)} no nurse" if self.gaps else ""
