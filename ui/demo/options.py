"""The options of `./dev demo`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_STATIONS = 4


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        size: of the tour's window, width and height in pixels.
        folder: where pictures go; None = a new one in the data folder.
        only: names of the screens that pictures are taken of; empty = of all.
    """

    keep: bool
    reset: bool
    stop: bool
    tour: bool
    shots: bool
    stations: int
    size: tuple[int, int]
    folder: Path | None
    only: tuple[str, ...] = ()


def read_options(arguments: Sequence[str]) -> Options:
    """Return what the command line asks for; a wrong one ends the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="./dev demo",
        description="The program on a simulated hospital. Its data are kept for half a day.",
    )
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--stop", action="store_true", help="only stop the private server")
    one.add_argument("--tour", action="store_true", help="no window: walk through, as pictures")
    one.add_argument("--shots", action="store_true", help="no window: pictures of every screen")
    one.add_argument(
        "--stations",
        type=int,
        choices=range(1, _MOST_STATIONS + 1),
        default=1,
        metavar="N",
        help="so many windows, each a workstation of its own",
    )
    parser.add_argument("--keep", action="store_true", help="leave the server running afterwards")
    parser.add_argument("--reset", action="store_true", help="make the demo hospital anew first")
    parser.add_argument(
        "--size", type=_size, default=(1366, 768), metavar="WxH", help="of the tour's window"
    )
    parser.add_argument("--folder", type=Path, help="where the pictures go")
    parser.add_argument(
        "--only", type=_names, default=(), metavar="SCREEN,…", help="pictures of these alone"
    )
    return Options(**vars(parser.parse_args(arguments)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is not like 1366x768")
    return int(width), int(height)
