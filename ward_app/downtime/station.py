"""What a station keeps for a downtime, in its own folder under its own keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ward_app.core.secret_store import Secrets
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.copy_store import COPIES, CopyStore
from ward_app.downtime.outbox import FOLDER, Outbox
from ward_app.downtime.passes import PASSES, PassStore
from ward_app.downtime.seals import OUTBOX, seal_key


@dataclass(frozen=True, slots=True)
class Station:
    """What this station keeps for a downtime.

    Attributes:
        role: its name in the database.
        copy_every_s: how often its copies are renewed.
    """

    copies: CopyStore
    outbox: Outbox
    passes: PassStore
    role: str
    copy_every_s: int = 60


def open_station(
    secrets: Secrets, role: str, data_dir: Path, settings: DowntimeSettings
) -> Station:
    """Return what the station keeps, under keys that are made when they are first needed.

    Asks the keyring, which may take seconds: not for the GUI thread.

    Raises:
        ConfigurationError: its keys cannot be used; it says why.
    """
    folder = data_dir / FOLDER
    keep = timedelta(hours=settings.keep_h)
    return Station(
        copies=CopyStore(folder / "copies", seal_key(secrets, role, COPIES), keep),
        outbox=Outbox(folder, seal_key(secrets, role, OUTBOX)),
        passes=PassStore(folder / "passes", seal_key(secrets, role, PASSES)),
        role=role,
        copy_every_s=settings.copy_interval_s,
    )
