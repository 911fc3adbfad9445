"""What a workstation of the demo keeps for a downtime: for one run, its keys in memory only."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ui.staff.front_door import Access
from ward_app.core.settings_groups import DowntimeSettings

if TYPE_CHECKING:
    from ward_app.downtime.station import Station as Kept

_KEY_BYTES = 32


def way_in(access: Access, folder: Path) -> Callable[[], Access]:
    """Return how a workstation reaches the database, with what it keeps in the folder."""

    @cache
    def find() -> Access:
        return replace(access, station=_kept(access.settings.user, folder))

    return find


def _kept(role: str, folder: Path) -> Kept:
    """Return what is kept there under keys that end with the run, as its credential does."""
    from ward_app.downtime.copy_store import CopyStore  # noqa: PLC0415 - not at the start
    from ward_app.downtime.outbox import Outbox  # noqa: PLC0415 - not at the start
    from ward_app.downtime.passes import PassStore  # noqa: PLC0415 - not at the start
    from ward_app.downtime.station import Station as Kept  # noqa: PLC0415 - not at the start

    keep = timedelta(hours=DowntimeSettings().keep_h)
    return Kept(
        copies=CopyStore(folder / "copies", os.urandom(_KEY_BYTES), keep),
        outbox=Outbox(folder, os.urandom(_KEY_BYTES)),
        passes=PassStore(folder / "passes", os.urandom(_KEY_BYTES)),
        role=role,
    )
