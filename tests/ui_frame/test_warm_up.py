"""What the start imports and what it leaves for later, looked at in processes of their own."""

import ast
import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ui.later import LATER
from ui.warm_up import WarmUp

ROOT = Path(__file__).parents[2]
# names of ours imported by one turn: more would be felt at the keyboard
MOST_AT_ONCE = 9

_LOOK = """
import importlib, json, sys
importlib.import_module("ui.app")
seen, turns = set(), []
for name in [None, *json.loads(sys.argv[1])]:
    if name is not None:
        importlib.import_module(name)
    turns.append([module for module in sys.modules if module not in seen])
    seen = set(sys.modules)
print(json.dumps(turns))
"""


@pytest.fixture(scope="module")
def turns():
    """Names imported by the start, then by each module that is imported later."""
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK, json.dumps(LATER)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(looked.stdout)


def test_that_the_start_imports_no_screen_but_the_sign_in(turns):
    later = ("ui.board", "ui.observations", "ui.admissions", "ui.patients", "keyring", "alembic")
    assert [name for name in turns[0] if name.startswith(later)] == []
    assert "ui.staff.sign_in_panel" in turns[0]


def test_that_the_start_opens_the_window_before_it_imports_the_driver(turns):
    driver = {"psycopg", "psycopg_pool"}
    assert driver.isdisjoint(turns[0])
    # on the GUI thread nothing waits for it before the worker has it
    board = LATER.index("ui.board.panel") + 1
    assert driver.isdisjoint(name for turn in turns[1 : 1 + board] for name in turn)


def test_that_no_module_is_read_for_optional_features_of_pyside_that_nobody_uses():
    looks = "import builtins; plain = builtins.__import__; import ui.app; "
    same = "raise SystemExit(builtins.__import__ is not plain)"
    subprocess.run([sys.executable, "-c", looks + same], cwd=ROOT, check=True)


def test_that_whatever_is_imported_on_use_is_warmed_up(turns):
    imported = {name for turn in turns for name in turn}
    for file in ("ui/panels.py", "ui/admissions/actions.py", "ui/board/panel.py"):
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        on_use = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert on_use <= imported


def test_that_no_turn_of_the_warm_up_is_long(turns):
    ours = [[name for name in turn if name.startswith(("ui", "ward_app"))] for turn in turns[1:]]
    assert max(map(len, ours)) <= MOST_AT_ONCE, dict(zip(LATER, map(len, ours), strict=True))
    assert all(ours), "a module of the list was there already"


def test_that_modules_are_imported_one_at_a_turn_in_their_order(qtbot, monkeypatch):
    imported = []

    def import_and_rest(name):
        imported.append(name)
        warm_up.rest()

    monkeypatch.setattr("ui.warm_up.import_module", import_and_rest)
    warm_up = WarmUp(["first", "second"])
    assert imported == []
    warm_up.go_on()
    qtbot.waitUntil(lambda: imported == ["first"])
    assert not warm_up.is_done
    warm_up.go_on()
    qtbot.waitUntil(lambda: warm_up.is_done)
    assert imported == ["first", "second"]


def test_that_garbage_is_not_looked_for_in_modules_that_were_warmed_up(qtbot, monkeypatch):
    modules = [object() for _ in range(3)]
    monkeypatch.setattr("ui.warm_up.import_module", modules.append)
    before = gc.get_freeze_count()
    warm_up = WarmUp(["first", "second"])
    warm_up.go_on()
    qtbot.waitUntil(lambda: warm_up.is_done)
    try:
        assert gc.get_freeze_count() > before
        assert not any(each is modules for each in gc.get_objects())
    finally:
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def test_that_a_rested_warm_up_imports_nothing(qtbot, qapp, monkeypatch):
    imported = []
    monkeypatch.setattr("ui.warm_up.import_module", imported.append)
    warm_up = WarmUp(["first"])
    warm_up.go_on()
    warm_up.rest()
    qapp.processEvents()
    assert imported == []
