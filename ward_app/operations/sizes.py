"""Amounts of bytes as people read them."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1024


def size_text(of_bytes: float | None) -> str:
    """Return a size with the unit that suits it: `1.4 GB`; "unknown" for None."""
    if of_bytes is None:
        return "unknown"
    value = float(of_bytes)
    unit = 0
    while abs(value) >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    shown = f"{value:.1f}".removesuffix(".0") if unit else f"{value:.0f}"
    return f"{shown} {_UNITS[unit]}"
