"""How far something that takes long has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

# how much is done, and about how much there is (None: nobody knows); of what, each says
Report = Callable[[int, int | None], None]


def silent(_done: int, _of: int | None) -> None:
    """Tell nobody."""
