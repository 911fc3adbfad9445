"""How large the tiles are: as large as lets every bed of the ward be seen at once. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class TileShape(NamedTuple):
    """One way to set a tile: smallest width and height of a cell, and height of a heading.

    In device-independent pixels at scale 1, gaps included. `largest_scale` is how far fonts
    grow with the room there is.
    """

    width: int
    height: int
    heading: int
    largest_scale: float


ROOMY = TileShape(width=176, height=158, heading=28, largest_scale=1.7)
# fonts that grew with the height would not leave the width for a date
COMPACT = TileShape(width=160, height=100, heading=22, largest_scale=1.0)
# of a cell that has more room than its fonts need
_WIDEST = 1.8
_TALLEST = 1.2
# what scrolls anyway need not save a line's air
SCROLLED_HEIGHT = 108


class TileGrid(NamedTuple):
    """Sizes in device-independent pixels.

    Attributes:
        scale: of fonts and gaps; 1 is the smallest that is legible.
        compact: the tile has four lines instead of five.
        fits: every bed is seen without scrolling.
    """

    tile_width: int
    tile_height: int
    heading_height: int
    scale: float
    compact: bool
    fits: bool


def tile_grid(group_sizes: Sequence[int], width: int, height: int) -> TileGrid:
    """Return the sizes for beds in groups of these sizes in a space of width x height.

    A group of 0 is a heading with no beds of its own. The largest tiles that let every bed
    be seen win; five lines go before four. Where not even four lines fit, the board scrolls.
    `width` leaves out the scroll bar, seen or not, so that its coming and going moves no tile.
    """
    sizes = group_sizes if any(group_sizes) else (1,)
    for shape in (ROOMY, COMPACT):
        found = max(
            (_fitted(shape, sizes, columns, (width, height)) for columns in _columns(sizes)),
            key=lambda grid: grid.scale,
        )
        if found.scale >= 1:
            return found
    return _scrolled(sizes, width)


def _columns(sizes: Sequence[int]) -> range:
    return range(1, max(sizes) + 1)


def _rows(sizes: Sequence[int], columns: int) -> int:
    return sum(-(-size // columns) for size in sizes)


def _fitted(
    shape: TileShape, sizes: Sequence[int], columns: int, space: tuple[int, int]
) -> TileGrid:
    width, height = space
    cell_width = width / columns
    cell_height = (height - len(sizes) * shape.heading) / _rows(sizes, columns)
    scale = min(cell_width / shape.width, cell_height / shape.height, shape.largest_scale)
    return TileGrid(
        tile_width=int(min(cell_width, shape.width * scale * _WIDEST)),
        tile_height=int(min(cell_height, shape.height * scale * _TALLEST)),
        heading_height=shape.heading,
        scale=scale,
        compact=shape is COMPACT,
        fits=True,
    )


def _scrolled(sizes: Sequence[int], width: int) -> TileGrid:
    most = max(1, width // COMPACT.width)
    # as few rows as possible, then as few columns as give that many
    columns = min(range(1, most + 1), key=lambda count: (_rows(sizes, count), count))
    tile_width = width // columns
    return TileGrid(
        tile_width=min(tile_width, int(_WIDEST * COMPACT.width)),
        tile_height=SCROLLED_HEIGHT,
        heading_height=COMPACT.heading,
        scale=1.0,
        compact=True,
        fits=False,
    )
