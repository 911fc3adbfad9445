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
    child = os.fork()
    if child == 0:
        try:
            setattr(module, name, instead)
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it never came to {name}"
