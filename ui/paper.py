"""Pages for a printer or a PDF: what everything that is printed shares."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPdfWriter

from ward_app.core.errors import ConfigurationError

PORTRAIT = QPageLayout.Orientation.Portrait
LANDSCAPE = QPageLayout.Orientation.Landscape
_SIZES = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
_RESOLUTION_DPI = 300

Job = TypeVar("Job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout(Generic[Job]):
    """How jobs of one kind come on paper.

    Attributes:
        paint: draws every page on a printer or PDF that has its page layout already.
        title: of a PDF; file managers show it, so that it carries no name.
        margin_mm: the same on every side.
    """

    paint: Callable[[QPagedPaintDevice, Job], object]
    title: Callable[[Job], str]
    orientation: QPageLayout.Orientation
    margin_mm: float

    def layout(self, paper: str) -> QPageLayout:
        """Return the layout of a page of "A4" or "Letter"."""
        margins = QMarginsF(self.margin_mm, self.margin_mm, self.margin_mm, self.margin_mm)
        size = QPageSize(_SIZES[paper])
        return QPageLayout(size, self.orientation, margins, QPageLayout.Unit.Millimeter)

    def pdf(self, job: Job, paper: str) -> bytes:
        """Return the pages as a PDF of vectors and text."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setResolution(_RESOLUTION_DPI)
        writer.setPageLayout(self.layout(paper))
        writer.setTitle(self.title(job))
        self.paint(writer, job)
        buffer.close()
        return bytes(buffer.data().data())


def usual_papers() -> tuple[str, ...]:
    """Return the sizes of paper there are, the one usual in this country first."""
    american = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    return ("Letter", "A4") if american else ("A4", "Letter")


def save_private(path: Path, content: bytes, what: str) -> None:
    """Write a file that only its owner may read; `what` it is goes into a failure's sentence.

    Raises:
        ConfigurationError: the file cannot be written there.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            if os.name == "posix":
                # of a file that was there before too
                os.fchmod(handle, 0o600)
            file.write(content)
    except OSError as error:
        raise ConfigurationError(
            f"The {what} could not be written to {path}. Choose another folder."
        ) from error
