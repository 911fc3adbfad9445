"""`./dev`: what it finds missing, what it says, when it leaves the environment alone."""

import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPREAD = ("-n", str(os.cpu_count()), "--dist", "worksteal")


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """The script as a module, in a project folder of its own, with nothing run for real."""
    loader = SourceFileLoader("dev_under_test", str(ROOT / "dev"))
    loader.path_stats = lambda _: (_ for _ in ()).throw(OSError)  # leaves no __pycache__ behind
    dev = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(dev)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "set-up")
    return dev


@pytest.fixture
def started(dev, monkeypatch):
    """The programs the script starts, none of which really runs."""
    started = []

    def note(command, **_):
        started.append([str(word) for word in command])
        if "venv" in command:
            dev.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            dev.PYTHON.touch()
            (dev.PYTHON.parent / "pip").write_text(f"#!{dev.PYTHON}\n")
            (dev.VENV / "lib" / f"python3.{sys.version_info[1]}").mkdir(
                parents=True, exist_ok=True
            )
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(dev.subprocess, "run", note)
    monkeypatch.setattr(dev, "missing_packages", list)
    monkeypatch.setattr(dev, "FOR_TESTS", {})
    return started


def test_that_the_environment_is_made_once_with_hashes(dev, started):
    assert dev.set_up() == 0
    made, pinned, own = started
    assert made == [sys.executable, "-m", "venv", "--clear", str(dev.VENV)]
    assert pinned[-3:] == ["--require-hashes", "-r", str(dev.LOCK)]
    assert own[-4:] == ["--no-deps", "--no-build-isolation", "-e", str(dev.ROOT)]
    started.clear()
    assert dev.set_up() == 0
    assert started == []


def test_that_setting_up_says_nothing_where_a_program_reads(dev, started, capsys):
    """The answers of `./dev run wardctl score` are lines of JSON, also on the first run."""
    dev.set_up()
    said = capsys.readouterr()
    assert said.out == ""
    assert "Setting up the environment" in said.err


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_that_changed_pins_are_installed_into_the_same_environment(dev, started, name):
    dev.set_up()
    started.clear()
    (dev.ROOT / name).write_text("changed")
    dev.set_up()
    assert ["--require-hashes" in command for command in started] == [True, False]


def test_that_an_environment_copied_from_elsewhere_is_made_anew(dev, started):
    dev.set_up()
    (dev.PYTHON.parent / "pip").write_text("#!/elsewhere/.venv/bin/python\n")
    assert not dev.made_here()


def test_that_an_environment_of_another_python_is_made_anew(dev, started, monkeypatch):
    dev.set_up()
    assert dev.made_here()
    monkeypatch.setattr(dev.sys, "version_info", (3, 99, 0))
    started.clear()
    assert not dev.made_here()
    dev.set_up()
    assert "--clear" in started[0]


def test_that_a_failed_installation_is_said_and_repeated(dev, started, monkeypatch, capsys):
    def fail(command, **_):
        raise subprocess.CalledProcessError(1, command)

    dev.set_up()
    dev.LOCK.write_text("changed")
    with monkeypatch.context() as broken:
        broken.setattr(dev.subprocess, "run", fail)
        assert dev.set_up() == 2
    assert "needs a network" in capsys.readouterr().err
    started.clear()
    dev.set_up()
    assert len(started) == 2


def test_that_root_installs_what_is_missing(dev, started, monkeypatch):
    monkeypatch.setattr(dev, "missing_packages", lambda: ["postgresql"])
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert dev.install_packages() == 0
    update, install = started
    assert update[:2] == ["apt-get", "update"]
    assert install[:5] == ["apt-get", "install", "-y", "--no-install-recommends", "postgresql"]


def test_that_somebody_who_may_not_install_is_given_the_one_line(
    dev, started, monkeypatch, capsys
):
    monkeypatch.setattr(dev, "missing_packages", lambda: ["postgresql", "libgl1"])
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev, "may_sudo", lambda: False)
    assert dev.main(["test"]) == 2
    line = "sudo apt-get install -y --no-install-recommends postgresql libgl1\n"
    assert capsys.readouterr().err.endswith(line)
    assert started == []


def test_that_a_failed_installation_ends_the_run(dev, started, monkeypatch):
    monkeypatch.setattr(dev, "install_packages", lambda: 100)
    assert dev.main(["test"]) == 100
    assert started == []


def lacking_pgbouncer(dev, monkeypatch, *, as_root):
    monkeypatch.setattr(dev, "FOR_TESTS", {"bouncer": "pgbouncer"})
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0 if as_root else 1000)
    monkeypatch.setattr(dev, "may_sudo", lambda: False)
    which = dev.shutil.which
    monkeypatch.setattr(
        dev.shutil,
        "which",
        lambda name, path=None: which(name, path=path) if name != "bouncer" else None,
    )


def test_that_the_tests_get_the_programs_that_some_of_them_need(dev, started, monkeypatch):
    lacking_pgbouncer(dev, monkeypatch, as_root=True)
    dev.install_for_tests()
    assert started[-1][-2:] == ["pgbouncer", "-q"]


def test_that_tests_run_without_what_cannot_be_installed_and_it_is_said(
    dev, started, monkeypatch, capsys
):
    lacking_pgbouncer(dev, monkeypatch, as_root=False)
    monkeypatch.chdir(dev.ROOT)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    became = []
    monkeypatch.setattr(dev.os, "execvpe", lambda *arguments: became.append(arguments))
    dev.main(["test"])
    assert became
    assert "Tests that need pgbouncer are skipped" in capsys.readouterr().err
    assert not any("apt-get" in command for command in started)


def test_that_a_library_counts_as_there_whatever_package_brought_it(dev, monkeypatch):
    monkeypatch.setattr(dev.ctypes.util, "find_library", lambda name: name != "xcb-cursor" or None)
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(dev.shutil, "which", lambda _: "/opt/postgresql/bin/initdb")
    assert dev.missing_packages() == ["libxcb-cursor0"]


def test_that_debians_python_without_venv_is_noticed(dev, monkeypatch):
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _: None)
    assert "python3-venv" in dev.missing_packages()


def test_that_an_old_python_is_refused(dev, started, monkeypatch, capsys):
    monkeypatch.setattr(dev.sys, "version_info", (3, 10, 4))
    assert dev.main(["test"]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().err
    assert started == []


@pytest.mark.parametrize(
    ("words", "module"),
    [
        (["demo", "--keep"], ["ui.demo", "--keep"]),
        (["bench", "--json"], ["benchmarks", "--json"]),
        (["shots"], ["ui.demo", "--shots"]),
        (["test", "-k", "x"], ["pytest", *SPREAD, "-k", "x"]),
        (
            ["soak", "-x"],
            ["pytest", "-m", "soak or hypothesis", "--hypothesis-profile=soak", "-x"],
        ),
    ],
)
def test_that_a_command_becomes_its_module_with_the_arguments(
    dev, started, monkeypatch, words, module
):
    monkeypatch.chdir(dev.ROOT)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    became = []
    monkeypatch.setattr(dev.os, "execvpe", lambda *arguments: became.append(arguments))
    dev.main(words)
    [(_, command, environment)] = became
    assert command == [str(dev.PYTHON), "-m", *module]
    assert environment["PATH"].startswith(f"{dev.VENV}/bin{os.pathsep}")
    tests = words[0] in {"test", "soak"}
    assert environment["QT_QPA_PLATFORM"] == ("offscreen" if tests else "xcb")


def test_that_run_stays_in_the_folder_of_the_caller(dev, started, monkeypatch, tmp_path):
    (tmp_path / "caller").mkdir()
    monkeypatch.chdir(tmp_path / "caller")
    became = []
    monkeypatch.setattr(dev.os, "execvpe", lambda *arguments: became.append(arguments))
    dev.main(["run", "wardctl", "score"])
    assert became[0][1] == ["wardctl", "score"]
    assert Path.cwd() == tmp_path / "caller"


def test_that_every_check_runs_also_after_one_failed(dev, started, monkeypatch, capsys):
    ran = []

    def fail_lint(command, **_):
        ran.append(command[0].name)
        return int(command[1:2] == ["check"])

    monkeypatch.setattr(dev.subprocess, "call", fail_lint)
    assert dev.main(["check"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "lint-imports", "deptry"]
    summary = capsys.readouterr().out.splitlines()[-1]
    assert "lint FAILED" in summary
    assert "format ok" in summary
    monkeypatch.setattr(dev.subprocess, "call", lambda *_, **__: 0)
    assert dev.main(["check"]) == 0


@pytest.mark.parametrize("words", [[], ["bogus"], ["run"]])
def test_that_the_usage_is_shown_and_nothing_set_up(dev, started, capsys, words):
    assert dev.main(words) == 2
    said = capsys.readouterr()
    assert "./dev COMMAND" in said.out + said.err
    assert started == []


def test_that_help_is_no_failure(dev, started):
    assert dev.main(["--help"]) == 0
