"""Unexpected problems: a number the user can tell, the details in the log."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from ward_app.core.errors import WardError

logger = logging.getLogger(__name__)


class UnexpectedProblemError(WardError):
    """Something nobody foresaw went wrong; `incident` finds it in the log."""

    def __init__(self, incident: str) -> None:
        super().__init__(
            "An unexpected problem stopped this. What you typed is still here; please try again,"
            f" and tell IT if it happens twice. (Incident {incident})"
        )
        self.incident = incident


def unexpected_problem(error: BaseException) -> UnexpectedProblemError:
    """Log where `error` arose under a new incident number and return what to tell the user.

    The log holds the kind of error and the places in the code, never its message: the message
    of a database or conversion error quotes the value, which may be a patient's.
    """
    problem = UnexpectedProblemError(os.urandom(3).hex().upper())
    logger.error("incident %s: %s", problem.incident, _places(error))
    return problem


def install_excepthook(tell: Callable[[WardError], None]) -> None:
    """Send every exception nobody caught to the log and to `tell`."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        elif isinstance(error, WardError):
            tell(error)
        else:
            tell(unexpected_problem(error))

    sys.excepthook = hook


def _places(error: BaseException) -> str:
    """Return the error's kind and its stack, cause first, without any value."""
    lines = []
    link: BaseException | None = error
    while link is not None:
        frames = traceback.extract_tb(link.__traceback__)
        places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
        lines.append(f"{type(link).__qualname__} at {places or 'unknown place'}")
        link = link.__cause__
    return " caused by ".join(lines)
