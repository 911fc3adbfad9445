"""Showing and hiding several widgets of a page at the cost of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QLayout


@contextmanager
def laid_out_once(layout: QLayout) -> Iterator[None]:
    """Lay a page out when everything on it is as it will be.

    Qt lays out a page that is in view for every single widget that appears on it.
    """
    layout.setEnabled(False)
    try:
        yield
    finally:
        layout.setEnabled(True)
