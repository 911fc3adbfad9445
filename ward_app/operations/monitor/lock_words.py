"""Who waits for whom, and what to do about it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ward_app.operations.monitor.locks import Blocked, Locks
from ward_app.operations.monitor.words import duration_text

END_THE_HOLDER = "Who holds it is to be ended, not who waits: wardctl monitor --only locks."
_INDENT = "\N{NO-BREAK SPACE}" * 4


def ending(pid: int, state: str | None) -> str:
    """Return the command that ends what a process holds; without a statement, its connection."""
    whole = " --terminate" if state != "active" else ""
    return f"wardctl activity cancel {pid}{whole}"


def end_holder(pair: Blocked) -> str:
    """Return how the one that holds others up is ended."""
    if pair.holder_pid is None:
        return "Look at pg_prepared_xacts."
    return f"Ask who it is; then end it: {ending(pair.holder_pid, pair.holder_state)}."


def wanted_text(pair: Blocked) -> str:
    """Return what one waits for: `a row of room.beds`, `room.beds`."""
    if pair.kind in {"transactionid", "tuple"}:
        return f"a row of {pair.relation}" if pair.relation else "a change that is not finished"
    return pair.relation or f"a lock ({pair.kind})"


def tree(found: Locks) -> Iterator[tuple[str, ...]]:
    """Yield who holds others up, and under each who waits for it, further and further in."""
    for pair, _waiting in found.held_up:
        name = f"{pair.holder_pid or 'nobody connected'} {pair.holder_role or ''}".rstrip()
        holds = duration_text(pair.holder_s)
        yield name, pair.holder_state or "", holds, "", pair.holder_shape
        yield from _branch(found.blocked, pair.holder_pid, 1, set())


def _branch(
    pairs: Sequence[Blocked], holder_pid: int | None, depth: int, seen: set[int]
) -> Iterator[tuple[str, ...]]:
    for pair in pairs:
        if pair.holder_pid != holder_pid or pair.pid in seen:
            continue
        seen.add(pair.pid)
        name = f"{_INDENT * depth}\N{BOX DRAWINGS LIGHT UP AND RIGHT} {pair.pid} {pair.role or ''}"
        on_what = f"{pair.relation or pair.kind} ({pair.mode})"
        yield name.rstrip(), "waits", duration_text(pair.waits_s), on_what, pair.shape
        yield from _branch(pairs, pair.pid, depth + 1, seen)
