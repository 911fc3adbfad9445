"""One running transaction: who acts in it, and what is asked of the server.

The first statement proves the signed-in session to PostgreSQL; nothing is visible without it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from ward_app.core.errors import (
    SIGNED_OUT,
    NotPermittedError,
    SignInRequiredError,
    WardError,
)
from ward_app.core.measures import Measures, trace
from ward_app.core.reference_data import ReferenceData

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
Params = Sequence[Any] | dict[str, Any]

# for this transaction alone, so that a pooler hands nobody's name to the next
_NAME = "SELECT set_config('application_name', %s, true)"
_PROOF = "SELECT auth.prove(%s)"
_PROOF_TO_READ = "SELECT auth.prove(%s), set_config('transaction_read_only', 'on', true)"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the secret token of a signed-in session.

    Attributes:
        permissions: what the person may do, as told at the sign-in; None = not known here.
        reference: what the person read of reference data; None = it is read each time.
    """

    token: str = field(repr=False)
    permissions: frozenset[str] | None = field(default=None, repr=False)
    reference: ReferenceData | None = field(default=None, repr=False, compare=False)


class Transaction:
    """One running transaction, handed to services and queries; they never commit.

    Statements go straight to the driver, with `%s` or `%(name)s` parameters.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], measures: Measures | None = None
    ) -> None:
        self._connection = connection
        self._measures = measures
        self._actor: Actor | None = None
        self._proved_at: datetime | None = None
        self._may_know = False
        self._reference_changed = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is done inside alone when it fails; the error goes on to the caller.

        They may stand inside one another.
        """
        with self._connection.transaction():
            yield

    @property
    def now(self) -> datetime:
        """The server's clock when this transaction began, aware."""
        if self._proved_at is None:
            self._proved_at = self.value("SELECT clock_timestamp()")
        return self._proved_at

    def tell_trace(self) -> None:
        """Tell the server which use case this is for: its log and its list of activity say so."""
        self.execute(_NAME, (f"ward-app {trace.get()}",))

    def prove(self, actor: Actor | None, *, only_reads: bool = False) -> None:
        """Show the database who acts; nothing is visible without it.

        `only_reads`: from now on it refuses every change.

        Raises:
            SignInRequiredError: the session has ended.
        """
        self._actor = actor
        if actor is None:
            return
        self._proved_at = self.value(_PROOF_TO_READ if only_reads else _PROOF, (actor.token,))
        if self._proved_at is None:
            raise SignInRequiredError(SIGNED_OUT)

    def out_of_reach(self, words: str) -> WardError:
        """Return why somebody is not found who should be: nobody is signed in, or the `words`.

        Between the first statement and this one the session may have reached its end.
        """
        if self._actor is not None and self.value("SELECT auth.uid()") is None:
            return SignInRequiredError(SIGNED_OUT)
        return NotPermittedError(words)

    def know(self) -> None:
        """From now on use what the person read of reference data: this only reads."""
        self._may_know = True

    def known(self, asked: Hashable, ask: Callable[[], T]) -> T:
        """Return what `ask` comes to, or came to a while ago."""
        data = self._actor.reference if self._actor is not None and self._may_know else None
        if data is None:
            return ask()
        epoch, found = data.epoch, data.find(asked)
        if found is None:
            data.keep(asked, answer := ask(), epoch)
            return answer
        if self._measures is not None:
            self._measures.note_spared()
        known: T = found[0]
        return known

    def change_reference(self) -> None:
        """Note that this changes reference data: once it is over they are read anew."""
        self._reference_changed = True

    def close(self) -> None:
        """Forget the reference data that this changed; it was committed, or will not be."""
        if self._reference_changed and self._actor is not None and self._actor.reference:
            self._actor.reference.forget()

    def require_any(self, permissions: frozenset[str]) -> None:
        """Do nothing, unless it is known that who acts holds none of the permissions.

        Raises:
            NotPermittedError: they hold none; the database was not asked.
        """
        held = self._actor.permissions if self._actor else None
        if held is not None and not held & permissions:
            raise NotPermittedError(
                "Your role does not allow this. If it has changed just now, sign in again."
            )

    def tuples(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a statement as plain tuples."""
        return self._ran(sql, params).fetchall()

    def rows(self, make: Callable[..., T], sql: str, params: Params = ()) -> list[T]:
        """Return `make(*columns)` for each row of a statement."""
        return [make(*row) for row in self._ran(sql, params)]

    def row(self, make: Callable[..., T], sql: str, params: Params = ()) -> T | None:
        """Return `make(*columns)` of the only row, None when there is none.

        Raises:
            LookupError: there are several.
        """
        only = self._only(sql, params)
        return None if only is None else make(*only)

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the only row, None when there is none.

        Raises:
            LookupError: there are several rows.
        """
        only = self._only(sql, params)
        return None if only is None else only[0]

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run a statement and return how many rows it touched."""
        return self._ran(sql, params).rowcount

    def _only(self, sql: str, params: Params) -> tuple[Any, ...] | None:
        """Return the only row; to take one of several would be to guess."""
        found = self._ran(sql, params).fetchall()
        if len(found) > 1:
            raise LookupError(f"{len(found)} rows, where one at most was expected")
        return found[0] if found else None

    def _ran(self, sql: str, params: Params) -> psycopg.Cursor[Any]:
        """Return the cursor of a statement that was answered, counted and timed."""
        import psycopg  # noqa: PLC0415 - the sign-in screen is shown without the driver

        began = perf_counter()
        try:
            cursor = self._connection.execute(sql, params)
        except psycopg.Error as error:
            if self._measures is not None:
                self._measures.note_failure(sql, error.sqlstate)
            raise
        if self._measures is not None:
            self._measures.note(sql, params, perf_counter() - began)
        return cursor
