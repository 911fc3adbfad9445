"""Reads of rounds: what is due on wards, the checklists in force, open tasks."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.rounding.rules import template_of, urgency
from ward_app.rounding.types import DueLine, OpenTask, RoundsOfWard, Template

# Calls; their columns are those of the named tuples, in their order.
_DUE_LIST = "SELECT * FROM rounding.due_list(%s)"
_OPEN_TASKS = "SELECT * FROM rounding.open_tasks(%s) t ORDER BY t.due_at, t.id"
_OPEN_TASK = "SELECT * FROM rounding.open_tasks(%s) t WHERE t.id = %s"

_IN_FORCE = """
SELECT t.id, t.content FROM rounding.templates t
WHERE t.id IN (SELECT DISTINCT ON (n.name) n.id FROM rounding.templates n
               ORDER BY n.name, n.version DESC, n.facility_id NULLS LAST)
  AND NOT coalesce((t.content ->> 'retired')::boolean, false)
ORDER BY t.content ->> 'title'
"""

_ONE = "SELECT t.id, t.content FROM rounding.templates t WHERE t.id = %s"


def rounds_of_wards(tx: Transaction, ward_ids: tuple[UUID, ...]) -> RoundsOfWard:
    """Return the checklists of these wards, what is due of them, and the open tasks.

    Wards on which the reader does not work are left out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    wards = (list(ward_ids),)
    return RoundsOfWard(
        templates=templates_in_force(tx),
        lines=tuple(sorted(tx.rows(DueLine, _DUE_LIST, wards), key=urgency)),
        tasks=tuple(tx.rows(OpenTask, _OPEN_TASKS, wards)),
        read_at=tx.now,
    )


def templates_in_force(tx: Transaction) -> tuple[Template, ...]:
    """Return the newest version of each checklist that is not retired, by title."""
    return tuple(tx.rows(template_of, _IN_FORCE))


def open_task_of(tx: Transaction, ward_id: UUID, task_id: UUID) -> OpenTask | None:
    """Return one open task of a ward; None when somebody brought it to an end."""
    return tx.row(OpenTask, _OPEN_TASK, ([ward_id], task_id))


def template_version(tx: Transaction, template_id: UUID) -> Template | None:
    """Return one version of a checklist, in force or not; None = there is none such here."""
    return tx.row(template_of, _ONE, (template_id,))
