"""IT: the report on the server, in the program."""

from __future__ import annotations

from ui.demo.signing_in import sign_in_as
from ui.demo.walk import Walk
from ui.monitor.joint import SERVER_SPEC
from ui.monitor.panel import MonitorPanel
from ward_app.demo.staff import IT
from ward_app.operations.monitor.kinds import Kind


def look_at_the_server(walk: Walk) -> None:
    """Somebody of IT sees what runs out, then who waits for whom, then what is large."""
    before = walk.workplace.context.signed_in.login
    report = server_of(walk)
    walk.note(f"{len(report.lines.rows) - 1} parts")
    walk.picture("server")
    walk.hands.press("5")
    walk.until(lambda: report.chosen is Kind.LOCKS, "5 does not show the locks")
    walk.hands.press("7")
    walk.until(lambda: report.section.tables, "no table has a size")
    walk.picture("server-sizes")
    sign_in_as(walk, before)


def server_of(walk: Walk) -> MonitorPanel:
    """Return the report on the server once it has been read, as IT sees it."""
    sign_in_as(walk, IT)
    report = walk.workplace.show_panel(SERVER_SPEC.key)
    assert isinstance(report, MonitorPanel)  # noqa: S101 - the panel of that name
    walk.until(lambda: report.lines.rows, "the server told nothing")
    report.setFocus()
    return report
