"""The list of patients to hand over: its columns and what stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ui.handover.words import (
    Reading,
    call_short,
    call_token,
    name_text,
    score_short,
    score_token,
    state_short,
)
from ui.widgets.rows_table import RowColumn
from ward_app.handover.rules import (
    given_to_me,
    has_changed,
    is_for_reader,
    is_open_item,
    new_since,
    open_questions,
    state_of,
)
from ward_app.handover.types import HandoverLine, State


def handover_columns(reading: Reading) -> tuple[RowColumn[HandoverLine], ...]:
    """Return the columns as they read at a time; new is counted since each own acceptance."""

    def new(line: HandoverLine) -> str:
        number = new_since(line.facts, line.own_accepted_at)
        return str(number) if number else ""

    def standing(line: HandoverLine) -> str:
        asked = open_questions(line.given)
        mark = "? " if asked else ""
        return f"{mark}{state_short(line, reading)}"

    def loud(line: HandoverLine) -> str | None:
        if has_changed(line) or state_of(line) is State.DECLINED:
            return "caution"
        return "success" if is_for_reader(line) else None

    return (
        RowColumn("Bed", 46, lambda line: line.facts.bed or "▲ none"),
        RowColumn("Patient", 196, lambda line: name_text(line.facts)),
        RowColumn("Score", 58, lambda line: score_short(line.facts),
                  colour=lambda line: score_token(line.facts)),
        RowColumn("Open", 126, lambda line: call_short(line.facts),
                  colour=lambda line: call_token(line.facts)),
        RowColumn("New", 46, new, number=True, colour=lambda _line: "success"),
        RowColumn("Handover", 128, standing, colour=loud),
    )  # fmt: skip


def summary_text(lines: Sequence[HandoverLine], reader_id: UUID) -> str:
    """Return "3 open items · 2 for you · 5 to accept"; what there is none of is left out."""
    counts = (
        (sum(map(is_open_item, lines)), "open item", "open items"),
        (sum(map(is_for_reader, lines)), "for you", "for you"),
        (sum(given_to_me(line, reader_id) for line in lines), "to accept", "to accept"),
        (sum(state_of(line) is State.NOT_GIVEN for line in lines), "not given", "not given"),
    )
    return " · ".join(f"{n} {one if n == 1 else more}" for n, one, more in counts if n)
