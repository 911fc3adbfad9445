"""How rounds read: when a checklist is due, the keys of an item, reasons to put off. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from uuid import UUID

from ui.formats import due_text, moment_text, person_name
from ui.widgets.rows_table import RowColumn
from ward_app.patients.likeness import alike_admissions
from ward_app.rounding.rules import is_overdue
from ward_app.rounding.types import (
    DeferralReason,
    DueLine,
    DueReason,
    Item,
    ItemKind,
    OpenTask,
    RoundsOfWard,
    Template,
)

TOPIC = "rounds"
WARD = "The ward"
ONE_WARD = "Choose one ward (Ctrl+W): a round is answered ward by ward."
NOBODY = "Nobody is on this ward."
READING = "The rounds are being read…"
HELP = (
    "Space: as usual · Shift+Space: the bay as usual · F4: words to an answer · F8: not now · "
    "Del: take out · Ctrl+Enter: save the round · F6: tasks · F9: so far"
)

REASON_WORDS = {
    DeferralReason.ASLEEP: "asleep",
    DeferralReason.OFF_WARD: "off the ward",
    DeferralReason.REFUSED: "refused",
    DeferralReason.WITH_TEAM: "with the team",
    DeferralReason.END_OF_LIFE: "end of life",
    DeferralReason.WORKLOAD: "workload",
    DeferralReason.OTHER: "another reason",
}


def subject_text(line: DueLine | OpenTask) -> str:
    """Return "SURNAME, Given", or that it is the ward's."""
    return person_name(line.family_name, line.given_name) if line.admission_id else WARD


def alike_names(lines: Iterable[DueLine]) -> frozenset[UUID]:
    """Return the stays of patients whose names are easily taken for each other."""
    named = {
        line.admission_id: (
            line.admission_id,
            line.patient_id,
            line.family_name or "",
            line.given_name or "",
        )
        for line in lines
        if line.admission_id is not None
    }
    return alike_admissions(tuple(named.values()))


def bed_text(line: DueLine | OpenTask) -> str:
    """Return the bed; nothing for the ward."""
    return (line.bed_label or "No bed") if line.admission_id else ""


def task_place(task: OpenTask) -> str:
    """Return the bed a task is at now and the shift its time falls into: "7, Day"."""
    return ", ".join(part for part in (bed_text(task), task.shift_name) if part)


def task_words(task: OpenTask, zone: tzinfo, now: datetime) -> str:
    """Return all of a task: what, when, where it is now and whose that is, who opened it."""
    bed = f"Bed {bed_text(task)}" if task.bed_label else bed_text(task) or WARD
    place = ", ".join(part for part in (bed, task.shift_name) if part)
    holder = f", with {task.held_by}" if task.held_by else ""
    moved = task.opened_for is not None and task.opened_for != task.bed_label
    before = f" for bed {task.opened_for}" if moved else ""
    return (
        f"{task.title}. {place}{holder}. Due {moment_text(task.due_at, zone, now)};"
        f" opened by {task.opened_by}{before}."
    )


def due_words(line: DueLine, now: datetime) -> str:
    """Return "▲ 12 min overdue", "in 40 min", or why it is not due by itself."""
    if line.due_at is None:
        return {
            DueReason.PAUSED: "on leave",
            DueReason.DONE: "done",
        }.get(DueReason(line.due_reason), "when needed")
    text = due_text(line.due_at, now)
    return f"▲ {text}" if is_overdue(line.due_at, now) else text


def last_text(line: DueLine, zone: tzinfo, now: datetime) -> str:
    """Return when it was done last and by whom, and that it is put off."""
    if line.due_reason == DueReason.DEFERRED:
        return f"Put off: {REASON_WORDS[DeferralReason(line.deferral_reason or 'other')]}"
    if line.done_at is None:
        return "Not done yet"
    return f"{moment_text(line.done_at, zone, now)}, {line.done_by}"


def item_keys(item: Item) -> str:
    """Return the keys of an item: "Y yes · N no", or what is typed."""
    if item.choices:
        keys = " · ".join(f"{choice.key} {choice.words}" for choice in item.choices)
        return f"{keys}; each key marks or unmarks" if item.kind is ItemKind.BODY_MAP else keys
    if item.kind is ItemKind.NUMBER and item.possible:
        lowest, highest = item.possible
        return f"a number, {lowest} to {highest} {item.unit}".rstrip()
    return "words"


def reason_keys(template: Template) -> str:
    """Return the digits of the reasons for which a checklist may be put off."""
    return " · ".join(
        f"{number} {REASON_WORDS[reason]}" for number, reason in enumerate(template.deferrals, 1)
    )


def overdue_count(lines: Iterable[DueLine], now: datetime) -> int:
    """Return how many lines are overdue."""
    return sum(is_overdue(line.due_at, now) for line in lines)


def chooser_text(template: Template, found: RoundsOfWard, now: datetime) -> str:
    """Return a checklist's title, with how many of it are overdue."""
    mine = [line for line in found.lines if line.name == template.name]
    overdue = overdue_count(mine, now)
    return f"{template.title}  ▲ {overdue}" if overdue else template.title


def task_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[OpenTask], ...]:
    """Return the columns of the open tasks as of `now`."""

    def due(task: OpenTask) -> str:
        text = due_text(task.due_at, now)
        return f"▲ {text}" if is_overdue(task.due_at, now) else text

    def asked(task: OpenTask) -> str:
        at = moment_text(task.opened_at, zone, now)
        return f"{task.asked_by or 'Task'}, {task.opened_by}, {at}"

    return (
        RowColumn(
            "Due", 172, due,
            colour=lambda task: "risk_high" if is_overdue(task.due_at, now) else None,
        ),
        RowColumn("Bed, shift", 110, task_place),
        RowColumn("Whose", 220, subject_text),
        RowColumn("Task", 338, lambda task: task.title),
        RowColumn("Put off", 70, lambda task: "yes" if task.put_off else ""),
        RowColumn("Asked for", 340, asked),
    )  # fmt: skip
