"""What may be asked of ./dev demo, and what a window is given."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from pathlib import Path

import pytest

from ui.demo import terminal
from ui.demo.options import read_options
from ui.demo.shots import run_shots
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


def test_that_pictures_of_some_screens_alone_can_be_asked_for():
    assert read_options(["--shots", "--only", "shift,handover"]).only == ("shift", "handover")
    assert read_options(["--shots"]).only == ()


def test_that_a_screen_nobody_knows_is_said_before_anything_is_made(capsys):
    options = read_options(["--shots", "--only", "shift,kitchen"])
    assert run_shots(None, options) == 2
    assert "no screen called kitchen" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [["--size", "large"], ["--stations", "9"], ["--stop", "--tour"], ["--what"]]
)
def test_that_a_wrong_option_ends_with_status_2(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        read_options(wrong)
    assert ended.value.code == 2
    assert "usage: ./dev demo" in capsys.readouterr().err


@pytest.fixture
def screens(tmp_path, monkeypatch):
    """Return the socket of a screen that answers; X screen 7 is one, 8 has died."""
    monkeypatch.setattr(terminal, "_X_SOCKETS", tmp_path)
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as dead:
        listening.bind(str(tmp_path / "X7"))
        listening.listen()
        dead.bind(str(tmp_path / "X8"))
        yield tmp_path


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, False),
        ({"DISPLAY": ":7"}, True),
        ({"DISPLAY": ":7.0"}, True),
        ({"DISPLAY": ":8"}, False),
        ({"DISPLAY": ":9"}, False),
        ({"DISPLAY": "elsewhere:0"}, True),
        ({"WAYLAND_DISPLAY": "X7"}, True),
        ({"WAYLAND_DISPLAY": "X9", "DISPLAY": ":7"}, True),
        ({"WAYLAND_DISPLAY": "X9"}, False),
        ({"DISPLAY": ":7", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"DISPLAY": ":7", "QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
def test_that_a_screen_that_answers_is_told_from_none(screens, environment, seen):
    assert has_screen({"XDG_RUNTIME_DIR": str(screens), **environment}) is seen


def test_that_a_workstation_goes_through_a_pipe_whole_and_shows_no_secret():
    station = Station(
        database=DatabaseSettings(host="/run/x", user="ws_x"),
        credential="secret-1",
        private_key="secret-3",
        login="nurse",
        password="secret-2",
    )
    assert station_of(json.loads(json.dumps(asdict(station)))) == station
    assert "secret" not in repr(station)
