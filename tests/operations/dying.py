"""A process that is killed (kill -9) where a test wants it."""

from __future__ import annotations

import os
import signal


def die(*_arguments, **_more):
    """End this process as a power cut does; its own programs run on."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies_after(work):
    """Return what does the work and is killed before it can say so."""

    def done(*arguments, **more):
        work(*arguments, **more)
        die()

    return done


def killed(work, module, name, instead=die):
    """Do the work in a process of its own in which a part of the program is another one.

    It must be killed by that.
    """

    def until_there():
        setattr(module, name, instead)
        work()

    assert status_of(until_there) < 0, f"it never came to {name}"


def status_of(work):
    """Do the work in a process of its own, and return its exit status; negative: the signal.

    It is 1 also where the work came to its end.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
