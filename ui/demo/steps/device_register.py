"""The register of devices: what a ward has to see to, and a look at a site, key by key."""

from __future__ import annotations

from ui.demo.device_screens import ward
from ui.demo.walk import Walk
from ui.devices.check_sheet import CheckSheet
from ui.devices.joint import PANEL
from ui.devices.panel import DevicesPanel
from ui.panels import BOARD


def look_at_a_site(walk: Walk) -> None:
    """The worst site comes first; a key a sign scores it, and the score says what to do."""
    place = walk.workplace
    ward(walk)
    panel = place.panel_of(PANEL)
    assert isinstance(panel, DevicesPanel)  # noqa: S101 - made by its own spec
    first = panel.chosen
    walk.expect(first is not None and first.device.score == 3, "the worst site is not first")  # noqa: PLR2004 - as invented
    walk.expect("to act on" in panel.summary.text(), f"said: {panel.summary.text()}")
    walk.picture("devices")
    walk.hands.press("Return")
    sheet = walk.sheet(CheckSheet)
    walk.hands.type("S")
    said = sheet.signs.result.text()
    walk.expect("at least 1" in said, f"swelling alone: {said}")
    walk.hands.type("PRIN")
    said = sheet.signs.result.text()
    walk.expect("VIP 3" in said, f"scored: {said}")
    walk.picture("vip")
    told = walk.save()
    walk.expect("Resite and consider treatment" in told, f"told: {told}")
    walk.hands.press("Esc")
    walk.hands.press(place.keys_of(BOARD))
