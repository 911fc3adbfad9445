"""What the server's computer tells of itself: processors, memory, the disk of the database."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event

from ward_app.operations.monitor.kinds import Machine

_PROC = Path("/proc")
_LOOK_S = 0.5


def this_machine(data_dir: Path | None, proc: Path = _PROC) -> Machine:
    """Return what this computer tells; takes half a second.

    Args:
        data_dir: folder of the server's data; None = its disk is not known.
        proc: where Linux tells of itself; elsewhere processors and memory are not known.
    """
    free_bytes, of_bytes = _disk(data_dir)
    return Machine(
        cpu_percent=_busy_percent(proc),
        memory_free_percent=_memory_free_percent(proc),
        disk_free_percent=100 * free_bytes / of_bytes
        if of_bytes and free_bytes is not None
        else None,
        disk_free_bytes=free_bytes,
        disk_bytes=of_bytes,
        is_read=True,
    )


def _disk(data_dir: Path | None) -> tuple[int | None, int | None]:
    """Return the free and all bytes of the disk of that folder; None where it may not be seen."""
    if data_dir is None:
        return None, None
    try:
        usage = shutil.disk_usage(data_dir)
    except OSError:
        return None, None
    return usage.free, usage.total


def _busy_percent(proc: Path) -> float | None:
    before = _ticks(proc)
    Event().wait(_LOOK_S)
    after = _ticks(proc)
    if before is None or after is None or after[1] <= before[1]:
        return None
    return 100 * (1 - (after[0] - before[0]) / (after[1] - before[1]))


def _ticks(proc: Path) -> tuple[int, int] | None:
    """Return ticks without work, and all, of the processors since the start."""
    try:
        words = (proc / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()
        numbers = [int(word) for word in words[1:9]]
        return numbers[3] + numbers[4], sum(numbers)
    except (OSError, ValueError, IndexError):
        return None


def _memory_free_percent(proc: Path) -> float | None:
    try:
        lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
        found = {line.split(":")[0]: int(line.split()[1]) for line in lines if ":" in line}
        return 100 * found["MemAvailable"] / found["MemTotal"]
    except (OSError, ValueError, IndexError, KeyError, ZeroDivisionError):
        return None


def is_here(host: str) -> bool:
    """Whether a server with this address runs on this computer, as far as the address tells."""
    return not host or host.startswith(("/", "@")) or host in {"localhost", "127.0.0.1", "::1"}
