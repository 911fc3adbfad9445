"""How large the cards of a wall screen are: every bed is seen, and read from 3 metres. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# legible at 2-3 m on a 43 inch screen of 1080 lines (cap height = distance / 200)
SMALLEST_FONT_PX = 28
REFERENCE_HEIGHT_PX = 1080
_LARGEST_FONT_PX = 64
_HEADING_SHARE = 0.036
_GAP_SHARE = 0.006
# what a card needs, in sizes of its font
_WIDTH = 7.6
_HEIGHT_THREE_LINES = 3.9
_HEIGHT_TWO_LINES = 2.85


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLayout:
    """Sizes in pixels of the screen.

    Attributes:
        columns: cards beside each other.
        grouped: every bay begins a new line under its heading.
        with_line: there is room for the line below the name.
        font_px: of bed, name and score; other text is derived from it.
    """

    columns: int
    cell_width: float
    cell_height: float
    heading_height: float
    gap: float
    font_px: float
    grouped: bool
    with_line: bool


def wall_layout(group_sizes: Sequence[int], width: float, height: float) -> WallLayout:
    """Return the sizes for beds in groups of these sizes on a screen of width x height.

    All beds always fit. Where the font would get too small, first the bays' headings go,
    then the line below the name; with still more beds the font gets as small as it must.
    """
    sizes = [size for size in group_sizes if size] or [1]
    smallest = SMALLEST_FONT_PX * height / REFERENCE_HEIGHT_PX
    tried: list[WallLayout] = []
    for grouped, with_line in ((True, True), (False, True), (False, False)):
        shown = sizes if grouped else [sum(sizes)]
        found = _best(shown, width, height, grouped=grouped, with_line=with_line)
        if found.font_px >= smallest:
            return found
        tried.append(found)
    return max(tried, key=lambda layout: layout.font_px)


def _best(
    sizes: Sequence[int], width: float, height: float, *, grouped: bool, with_line: bool
) -> WallLayout:
    columns = range(1, max(sizes) + 1)
    layouts = (
        _layout(sizes, count, (width, height), grouped=grouped, with_line=with_line)
        for count in columns
    )
    return max(layouts, key=lambda layout: layout.font_px)


def _layout(
    sizes: Sequence[int],
    columns: int,
    space: tuple[float, float],
    *,
    grouped: bool,
    with_line: bool,
) -> WallLayout:
    width, height = space
    heading = height * _HEADING_SHARE if grouped else 0.0
    gap = height * _GAP_SHARE
    rows = sum(-(-size // columns) for size in sizes)
    cell_width = width / columns
    cell_height = (height - heading * len(sizes)) / rows
    lines = _HEIGHT_THREE_LINES if with_line else _HEIGHT_TWO_LINES
    largest = _LARGEST_FONT_PX * height / REFERENCE_HEIGHT_PX
    return WallLayout(
        columns=columns,
        cell_width=cell_width,
        cell_height=cell_height,
        heading_height=heading,
        gap=gap,
        font_px=min((cell_height - gap) / lines, (cell_width - gap) / _WIDTH, largest),
        grouped=grouped,
        with_line=with_line,
    )
