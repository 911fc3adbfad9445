"""What may be asked of ./dev demo, and what a window is given."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from ui.demo.options import read_options
from ui.demo.station import station_of
from ui.demo.terminal import has_screen
from ui.demo.window import Station
from ward_app.core.settings import DatabaseSettings


def test_that_nothing_asked_is_one_window():
    options = read_options([])
    assert (options.stations, options.tour, options.keep) == (1, False, False)
    assert options.size == (1366, 768)


def test_that_size_and_folder_are_read():
    options = read_options(["--tour", "--size", "1920x1080", "--folder", "here"])
    assert (options.size, options.folder) == ((1920, 1080), Path("here"))


@pytest.mark.parametrize(
    "wrong", [["--size", "large"], ["--stations", "9"], ["--stop", "--tour"], ["--what"]]
)
def test_that_a_wrong_option_ends_with_status_2(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        read_options(wrong)
    assert ended.value.code == 2
    assert "usage: ./dev demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
def test_that_a_screen_is_told_from_none(environment, seen):
    assert has_screen(environment) is seen


def test_that_a_workstation_goes_through_a_pipe_whole_and_shows_no_secret():
    station = Station(
        database=DatabaseSettings(host="/run/x", user="ws_x"),
        credential="secret-1",
        login="nurse",
        password="secret-2",
    )
    assert station_of(json.loads(json.dumps(asdict(station)))) == station
    assert "secret" not in repr(station)
