"""Database work off the GUI thread, answers back on it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from typing_extensions import override

from ui.incidents import unexpected_problem
from ward_app.core.database import Actor, Database, Transaction
from ward_app.core.errors import SignInRequiredError, WardError

if TYPE_CHECKING:
    from ward_app.downtime.ladder import Ladder

logger = logging.getLogger(__name__)

# how often to look whether somebody still waits for a read that takes its time
GLANCE_MS = 250

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do with an answer, on the GUI thread.

    Attributes:
        show: gets the result.
        failed: gets the error the user should read; None = the lane's `failed` signal.
    """

    show: Callable[[Any], None]
    failed: Callable[[WardError], None] | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits for one answer and which topic it announces; never leaves the GUI thread.

    Attributes:
        given_up: set once nobody waits any more; the worker has it too. None: what was asked is
            finished all the same.
    """

    owner: QObject
    reply: Reply
    topic: str | None = None
    given_up: Event | None = field(default=None, compare=False)


class _Answer(NamedTuple):
    """What a worker came to, on its way to who waits."""

    ticket: int
    result: object
    error: Exception | None
    at: datetime


class Lane(QObject):
    """One worker thread: first asked, first run, first answered.

    The worker never holds a QObject: it gets a function, plain values and a ticket number.
    Whom to tell is kept here, on the GUI thread. One answer is told at a turn of the event loop:
    what two of them have to be shown would together be felt at the keyboard.

    Signals:
        failed: (WardError) a failure nobody else took.
        sign_in_lost: (SignInRequiredError) the server ended the session.
        answered: (datetime) when the server answered, aware UTC.
        committed: (str) topic of a change that was committed here.
    """

    failed = Signal(object)
    sign_in_lost = Signal(object)
    answered = Signal(object)
    committed = Signal(str)
    _finished = Signal(int, object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._tickets = count()
        self._waiting: dict[int, _Waiting] = {}
        self._retired = False
        self._closed = False
        self._answers: deque[_Answer] = deque()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._deliver)
        self._glance = QTimer(self, interval=GLANCE_MS)
        self._glance.timeout.connect(self._give_up_unowned)
        self._finished.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still awaited."""
        return bool(self._waiting)

    def ask(
        self,
        owner: QObject,
        reply: Reply,
        work: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `work(...)` on the worker and `reply` with its result, unless `owner` is gone."""
        self._submit(_Waiting(owner, reply), partial(work, *args, **kwargs))

    def retire(self) -> None:
        """Take no more work, finish changes unwaited for, give reads up, then delete itself."""
        self._retired = self._closed = True
        self._give_up_reads()
        self._worker.shutdown(wait=False)
        self._leave_when_done()

    def close(self) -> None:
        """Finish changes and wait for them, give reads up; answers still to come are dropped."""
        self._give_up_reads()
        self._glance.stop()
        self._waiting.clear()
        self._closed = True
        self._worker.shutdown(wait=True)

    def _submit(self, waiting: _Waiting, work: Callable[[], object]) -> None:
        ticket = next(self._tickets)
        self._waiting[ticket] = waiting
        if waiting.given_up is not None and not self._glance.isActive():
            self._glance.start()
        self._worker.submit(self._run, ticket, work)

    def _run(self, ticket: int, work: Callable[[], object]) -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - the GUI thread decides what it means
            self._finished.emit(ticket, None, error, datetime.now(UTC))
        else:
            self._finished.emit(ticket, result, None, datetime.now(UTC))

    @Slot(int, object, object, object)
    def _take(
        self, ticket: int, result: object, error: Exception | None, answered_at: datetime
    ) -> None:
        """Leave what is in the queue of events its turn: a key pressed meanwhile goes first."""
        self._answers.append(_Answer(ticket, result, error, answered_at))
        self._turn.start()

    @Slot()
    def _deliver(self) -> None:
        answer = self._answers.popleft()
        if self._answers:
            self._turn.start()
        waiting = self._waiting.pop(answer.ticket, None)
        if not self._waiting:
            self._glance.stop()
        if waiting is None:
            return
        if waiting.given_up is not None and waiting.given_up.is_set():
            pass  # nobody is left to tell
        elif answer.error is None:
            self._succeed(waiting, answer.result, answer.at)
        else:
            self._fail(waiting, answer.error)
        self._leave_when_done()

    @Slot()
    def _give_up_unowned(self) -> None:
        """Have the server end reads whose owners are gone."""
        for waiting in self._waiting.values():
            if waiting.given_up is not None and not shiboken6.isValid(waiting.owner):
                waiting.given_up.set()

    def _give_up_reads(self) -> None:
        for waiting in self._waiting.values():
            if waiting.given_up is not None:
                waiting.given_up.set()

    def _leave_when_done(self) -> None:
        if self._retired and not self._waiting:
            self.deleteLater()

    def _succeed(self, waiting: _Waiting, result: object, answered_at: datetime) -> None:
        self.answered.emit(answered_at)
        if shiboken6.isValid(waiting.owner):
            waiting.reply.show(result)
        if waiting.topic is not None:
            self.committed.emit(waiting.topic)

    def _fail(self, waiting: _Waiting, error: Exception) -> None:
        problem = error if isinstance(error, WardError) else unexpected_problem(error)
        if isinstance(problem, SignInRequiredError):
            self.sign_in_lost.emit(problem)
        alive = shiboken6.isValid(waiting.owner)
        if alive and waiting.reply.failed is not None:
            waiting.reply.failed(problem)
        elif alive or waiting.topic is not None:
            # a failed save is told even when its sheet is gone; a failed look-up is not
            self._tell(problem)

    def _tell(self, problem: WardError) -> None:
        if not isinstance(problem, SignInRequiredError):
            self.failed.emit(problem)


class DatabaseWork(Lane):
    """The one lane to the database, in the name of the person signed in.

    While the database is out of reach the ladder answers, where there is one.

    Attributes:
        outage_epoch: how often the database was lost or came back. A chart that was opened before,
            from a copy perhaps, is on no record that the database has now.

    Signals: those of `Lane`; `committed` topics are "beds", "observations", "patients", and
        outage_changed: (bool) the database was lost, or answers again.
    """

    outage_changed = Signal(bool)

    def __init__(
        self,
        database: Database,
        actor: Actor | None,
        parent: QObject | None = None,
        *,
        ladder: Ladder | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._actor = actor
        self._resting = False
        self._ladder = ladder
        self._was_lost = False
        self.outage_epoch = 0

    @property
    def database(self) -> Database:
        """The database this lane leads to."""
        return self._database

    @property
    def actor(self) -> Actor | None:
        """Whose session proves the next work; None before sign-in."""
        return self._actor

    @property
    def ladder(self) -> Ladder | None:
        """What answers while the database is out of reach; None = nothing does."""
        return self._ladder

    @property
    def shown_from(self) -> datetime | None:
        """The time of the copies that are shown, aware; None = the database itself answers."""
        ladder = self._ladder
        return ladder.shown_from if ladder is not None and ladder.is_lost else None

    @property
    def is_cut_off(self) -> bool:
        """Whether the database was lost, and copies are all there is."""
        return self._ladder is not None and self._ladder.is_lost

    def look_for_outage(self) -> None:
        """Announce it when the database was lost, or answers again."""
        is_lost = self.is_cut_off
        if is_lost != self._was_lost:
            self._was_lost = is_lost
            self.outage_epoch += 1
            self.outage_changed.emit(is_lost)

    def act_as(self, actor: Actor | None) -> None:
        """Prove everything asked from now on with another session (after unlocking)."""
        self._actor = actor

    def rest(self) -> None:
        """Look nothing up until woken: the person has left, and their screen is kept."""
        self._resting = True

    def wake(self) -> None:
        """Look things up again."""
        self._resting = False

    def query(
        self,
        owner: QObject,
        reply: Reply,
        read: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `read(tx, ...)` and show its result, unless owner or lane is gone.

        It ends in five seconds at the latest, a read marked `unhurried` excepted, or when its
        owner is gone.
        """
        # a timer may still ask while the screen it belongs to is being taken away
        if not self._closed and not self._resting:
            given_up = Event()
            work = partial(
                self._database.read_while,
                lambda: not given_up.is_set(),
                self._actor,
                read,
                *args,
                **kwargs,
            )
            asked = self._or_copies(work, read, args, kwargs)
            self._submit(_Waiting(owner, reply, given_up=given_up), asked)

    def keep(
        self,
        owner: QObject,
        reply: Reply,
        change: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `change(tx, ...)`, which is no news to anybody, also when its owner is gone.

        Like a read it is not asked for any more once the lane is closed or rests.
        """
        if not self._closed and not self._resting:
            work = partial(self._database.run, self._actor, change, *args, **kwargs)
            self._submit(_Waiting(owner, reply), self._or_copies(work, change, args, kwargs))

    def command(
        self,
        owner: QObject,
        topic: str,
        reply: Reply,
        change: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `change(tx, ...)`; once committed, reply and then announce `topic`."""
        online = partial(self._database.run, self._actor, change, *args, **kwargs)
        work: Callable[[], object] = online
        if self._ladder is not None:
            work = partial(self._ladder.change, online, change, args, kwargs)
        self._submit(_Waiting(owner, reply, topic), work)

    @override
    def _succeed(self, waiting: _Waiting, result: object, answered_at: datetime) -> None:
        # the panels are to know of which time it is before they show it
        self.look_for_outage()
        super()._succeed(waiting, result, answered_at)

    @override
    def _fail(self, waiting: _Waiting, error: Exception) -> None:
        self.look_for_outage()
        super()._fail(waiting, error)

    def _or_copies(
        self,
        online: Callable[[], T],
        read: Callable[..., Any],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> Callable[[], T]:
        """Return how to look something up, also while the database is out of reach."""
        if self._ladder is None:
            return online
        return partial(self._ladder.read, online, read, args, kwargs)
