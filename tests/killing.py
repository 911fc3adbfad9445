"""Programs of a test's own that are killed with -9, each at a moment nobody chose."""

from __future__ import annotations

import faulthandler
import os
import random
import signal
from multiprocessing import get_context
from time import perf_counter

# so long nothing is heard only from a program that hangs: a busy computer is slow, but not silent
SILENCE_S = 600
RANDOM = random.Random()  # noqa: S311 - when a program is killed is no secret
_CONTEXT = get_context("forkserver")
# a program is there at once where what it needs was imported before it was made
_CONTEXT.set_forkserver_preload(["tests.downtime.appending", "tests.resilience.charting_program"])


class Doomed:
    """A process that tells what it does, until it is killed."""

    def __init__(self, work, *given) -> None:
        """Start `work(*given, told)`; `told.send` is how it tells."""
        self._heard, told = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_begin, args=(work, *given, told), daemon=True)
        self._process.start()
        told.close()

    def hear(self):
        """Return the next thing that it tells."""
        if not self._heard.poll(SILENCE_S):
            os.kill(self._process.pid, signal.SIGUSR1)
            self._process.join(1)
            raise AssertionError("the program said nothing for ten minutes; what it did is above")
        return self._heard.recv()

    def kill(self):
        """Kill it now; return what it had told until then and nobody had heard yet."""
        self._process.kill()
        self._process.join()
        unheard = []
        try:
            while True:
                unheard.append(self._heard.recv())
        except (EOFError, OSError):
            return unheard
        finally:
            self._heard.close()

    def go_on_a_moment(self, longest_s):
        """Let it go on, for a time nobody knows before."""
        until = perf_counter() + RANDOM.uniform(0, longest_s)
        while perf_counter() < until:
            pass  # a sleep would end at moments of the scheduler's alone


def _begin(work, *given):
    """Do the work; asked by a signal, say what is being done."""
    *given, told = given
    faulthandler.register(signal.SIGUSR1)
    work(*given, _Told(told))


class _Told:
    """Where a process tells things; when nobody listens any more, it ends."""

    def __init__(self, way) -> None:
        self._way = way

    def send(self, what):
        try:
            self._way.send(what)
        except BrokenPipeError:
            os._exit(1)
