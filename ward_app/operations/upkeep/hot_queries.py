"""What the program asks all day, explained by the server on the real data, and undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar, cast
from uuid import UUID

from ward_app.audit.service import open_chart, open_directory
from ward_app.board.queries import hospital_board, ward_board
from ward_app.core.database import Actor, Database
from ward_app.core.errors import RuleBrokenError
from ward_app.core.transaction import Params, Transaction
from ward_app.lane.queries import shift_lane
from ward_app.observations.queries import observation_chart
from ward_app.patients.queries import search_patients
from ward_app.rounding.queries import rounds_of_wards
from ward_app.schedule.queries import due_list

T = TypeVar("T")
# fits nobody, and is looked for as any name is
_NOBODY = "qqzzxx"
_WARDS = "SELECT auth.ward_ids()"
_SOMEBODY = """
SELECT patient_id, admission_id FROM admission.bed_stays
WHERE upper_inf(during) AND ward_id = ANY (%s) ORDER BY admission_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Example:
    """What the questions are asked about: the person's wards, and a patient there."""

    ward_ids: tuple[UUID, ...]
    patient_id: UUID | None
    admission_id: UUID | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One statement of a question.

    Attributes:
        plan: what the server did, with the times and blocks of each step, line by line.
        took_ms: the statement alone, as this computer waited for it.
        rows: it returned.
    """

    statement: str
    plan: tuple[str, ...]
    took_ms: float
    rows: int


def explain(database: Database, actor: Actor, name: str) -> list[Explained]:
    """Return how the server answers a question of the program, statement by statement.

    It runs with the rights of who asks, in a transaction that is rolled back. "chart" opens the
    chart of one patient of theirs and "search" the directory: that is on record, as always.

    Raises:
        RuleBrokenError: there is no such question, or nobody to ask it about.
    """
    if name not in QUESTIONS:
        raise RuleBrokenError(f"There is no {name}. There are {', '.join(QUESTIONS)}.")
    example = database.read(actor, _example)
    _open(database, actor, name, example)
    found: list[Explained] = []
    with database.transaction(actor) as tx, suppress(_EnoughError), tx.savepoint():
        noting = _Noting(tx)
        QUESTIONS[name](cast("Transaction", noting), example)
        found += [_explained(tx, *asked) for asked in noting.asked]
        raise _EnoughError
    return found


def _example(tx: Transaction) -> Example:
    ward_ids = tuple(tx.value(_WARDS) or ())
    somebody = tx.tuples(_SOMEBODY, (list(ward_ids),))
    return Example(ward_ids, *(somebody[0] if somebody else (None, None)))


def _open(database: Database, actor: Actor, name: str, example: Example) -> None:
    if name == "chart":
        if example.patient_id is None:
            raise RuleBrokenError(
                "Nobody lies on a ward of this person: there is no chart to open."
            )
        database.run(actor, open_chart, example.patient_id)
    if name == "search":
        database.run(actor, open_directory)


def _explained(tx: Transaction, statement: str, params: Params) -> Explained:
    began = perf_counter()
    rows = len(tx.tuples(statement, params))
    took_ms = (perf_counter() - began) * 1_000
    plan = tx.tuples(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", params)
    return Explained(statement.strip(), tuple(line for (line,) in plan), took_ms, rows)


class _EnoughError(Exception):
    """Ends the transaction without keeping anything."""


class _Noting:
    """Stands in for a transaction and notes what is asked of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.asked: list[tuple[str, Params]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def tuples(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        return self._noted(sql, params).tuples(sql, params)

    def rows(self, make: Callable[..., T], sql: str, params: Params = ()) -> list[T]:
        return self._noted(sql, params).rows(make, sql, params)

    def row(self, make: Callable[..., T], sql: str, params: Params = ()) -> T | None:
        return self._noted(sql, params).row(make, sql, params)

    def value(self, sql: str, params: Params = ()) -> Any:
        return self._noted(sql, params).value(sql, params)

    def _noted(self, sql: str, params: Params) -> Transaction:
        self.asked.append((sql, params))
        return self._tx


QUESTIONS: dict[str, Callable[[Transaction, Example], object]] = {
    "board": lambda tx, of: ward_board(tx, of.ward_ids),
    "hospital": lambda tx, _of: hospital_board(tx),
    "due": lambda tx, of: due_list(tx, of.ward_ids),
    "lane": lambda tx, of: shift_lane(tx, of.ward_ids),
    "rounds": lambda tx, of: rounds_of_wards(tx, of.ward_ids),
    "chart": lambda tx, of: observation_chart(tx, cast("UUID", of.admission_id)),
    "search": lambda tx, _of: search_patients(tx, _NOBODY),
}


def lines(found: list[Explained]) -> Iterator[str]:
    """Yield what is told of a question: each plan, then how long it took."""
    for one in found:
        yield one.statement
        yield from (f"    {line}" for line in one.plan)
        yield f"Time: {one.took_ms:.1f} ms for {one.rows} rows, as this computer waited for it."
