"""Pictures of the register of devices and of its sheets."""

from __future__ import annotations

from typing import TypeVar

from ui.demo.walk import Walk
from ui.devices.check_sheet import CheckSheet
from ui.devices.device_sheet import DeviceSheet
from ui.devices.history_sheet import HistorySheet
from ui.devices.joint import KEY, PANEL
from ui.devices.panel import DevicesPanel
from ui.devices.removal_sheet import RemovalSheet
from ui.widgets.sheet import Sheet
from ward_app.demo.device_rows import INFLAMED_BED, REPLACED_BED

S = TypeVar("S", bound=Sheet)


def ward(walk: Walk) -> None:
    """What is to be done about the devices of a ward."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = _panel(walk)
    walk.until(lambda: panel.rows.rows, "the register is empty")


def patient(walk: Walk) -> None:
    """The devices of one patient, a removed one below."""
    _open(walk, REPLACED_BED)


def new(walk: Walk) -> None:
    """A cannula is put in."""
    _open(walk, INFLAMED_BED)
    walk.hands.press("N")
    sheet = walk.sheet(DeviceSheet)
    walk.hands.type("P")
    sheet.form.set_value("when", "unknown")


def look(walk: Walk) -> None:
    """The signs of an inflamed vein, and what they come to."""
    sheet = _sheet(walk, "Return", CheckSheet)
    walk.hands.type("PRI")
    walk.expect("VIP at least 3" in sheet.signs.result.text(), "not scored")


def removed(walk: Walk) -> None:
    """A cannula is taken out."""
    _sheet(walk, "R", RemovalSheet)
    walk.hands.type("3")


def history(walk: Walk) -> None:
    """Everything recorded of one device."""
    sheet = _sheet(walk, "H", HistorySheet)
    walk.until(lambda: sheet.model.rows, "the history was not read")


def _sheet(walk: Walk, key: str, kind: type[S]) -> S:
    _open(walk, INFLAMED_BED)
    walk.hands.press(key)
    return walk.sheet(kind)


def _open(walk: Walk, label: str) -> DevicesPanel:
    walk.choose(label)
    walk.hands.press(KEY)
    walk.until(lambda: isinstance(walk.workplace.panel, DevicesPanel), "no register was opened")
    panel = _panel(walk)
    shown = panel.patient
    walk.until(
        lambda: shown and any(
            line.bed.admission_id == shown.admission_id for line in panel.rows.rows
        ),
        "the devices were not read",
    )  # fmt: skip
    return panel


def _panel(walk: Walk) -> DevicesPanel:
    panel = walk.workplace.panel_of(PANEL)
    assert isinstance(panel, DevicesPanel)  # noqa: S101 - made by its own spec
    return panel
