"""Where this installation keeps its configuration and its data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APPLICATION = "ward-app"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and files of one installation; none of them need exist yet.

    Attributes:
        config_file: the TOML file with the settings.
        data_dir: logs, drafts and the private cluster.
        named: whether WARD_HOME chose the place, so that messages can say so.
    """

    config_file: Path
    data_dir: Path
    named: bool = False

    @property
    def cluster_dir(self) -> Path:
        """The folder of the private PostgreSQL cluster."""
        return self.data_dir / "cluster"


def places(environment: Mapping[str, str] = os.environ) -> Places:
    """Return the places that WARD_HOME names, else the user's own of this system."""
    home = environment.get("WARD_HOME")
    if home:
        folder = Path(home).expanduser().resolve()
        return Places(config_file=folder / "config.toml", data_dir=folder, named=True)
    return Places(
        config_file=platformdirs.user_config_path(_APPLICATION, appauthor=False) / "config.toml",
        data_dir=platformdirs.user_data_path(_APPLICATION, appauthor=False),
    )
