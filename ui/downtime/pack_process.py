"""Paints ward packs in a process of its own, so that no key of the program waits for it.

A ward takes seconds of Python: on a thread the window would have its turns late. What is painted
comes and goes by pipe: nothing of a patient is in an argument or in a file on the way. With
`--printer` the pages go to that printer instead of coming back.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from ward_app.core.errors import WardError
from ward_app.downtime.kept_types import KeptCopy

logger = logging.getLogger(__name__)

LONGEST_S = 120
_NICE = 10
_MODULE = "ui.downtime.pack_process"
_NOT_PAINTED = (
    "The ward pack could not be made. The last one stays. Tell IT if it happens again: the log"
    " says where it stopped."
)


class PackNotPaintedError(WardError):
    """The pages could not be made, or not printed."""


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What is to be painted.

    Attributes:
        paper: "A4" or "Letter".
        printer: its name; None = a PDF.
        copies: how many of each page a printer makes.
    """

    copy: KeptCopy
    paper: str
    printer: str | None = None
    copies: int = 1


Run = Callable[[list[str], bytes, dict[str, str]], subprocess.CompletedProcess[bytes]]


def run_quietly(
    command: list[str], given: bytes, surroundings: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, or to `LONGEST_S`, and return what it wrote."""
    return subprocess.run(  # noqa: S603 - our own module by this very interpreter
        command,
        input=given,
        env=surroundings,
        capture_output=True,
        timeout=LONGEST_S,
        check=False,
    )


def painted(order: PackOrder, run: Run = run_quietly) -> bytes:
    """Return the PDF of a pack, empty for one that went to a printer. Takes seconds.

    Raises:
        PackNotPaintedError: the process failed or took too long; nothing was made.
    """
    command = [sys.executable, "-m", _MODULE]
    # no screen is needed, and none must be asked for
    surroundings = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    try:
        done = run(command, pickle.dumps(order), surroundings)
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.error("ward pack: %s", type(error).__name__)  # noqa: TRY400 - its text has the job
        raise PackNotPaintedError(_NOT_PAINTED) from None
    if done.returncode:
        # places in the code alone: see `unexpected_problem`
        logger.error("ward pack: %s", done.stderr.decode(errors="replace")[-4_000:])
        raise PackNotPaintedError(_NOT_PAINTED)
    return done.stdout


def main() -> int:
    """Paint the order on standard input; the PDF goes to standard output."""
    from PySide6.QtGui import QGuiApplication

    from ui.incidents import unexpected_problem

    logging.basicConfig(format="%(message)s")
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        order: PackOrder = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program itself
        application = QGuiApplication([_MODULE])
        sys.stdout.buffer.write(_deliver(order))
        del application
    except Exception as error:  # noqa: BLE001 - its text may quote a patient's value
        unexpected_problem(error)
        return 1
    return 0


def _deliver(order: PackOrder) -> bytes:
    from ui.downtime.pack_pages import PAGES
    from ward_app.downtime.copy_reading import read_copy

    copy = read_copy(order.copy.head, order.copy.text)
    if order.printer is None:
        return PAGES.pdf(copy, order.paper)
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(order.printer)
    printer.setPageLayout(PAGES.layout(order.paper))
    printer.setCopyCount(order.copies)
    PAGES.paint(printer, copy)
    return b""


if __name__ == "__main__":
    sys.exit(main())
