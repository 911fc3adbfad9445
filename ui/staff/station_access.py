"""This computer's way to the ward database: its settings, and the secrets it keeps. No Qt.

Found on a worker while the window is there already: looking for keyrings takes its time.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from ui.staff.front_door import Access
from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places
from ward_app.core.settings import load_settings
from ward_app.core.tuning import Tuning

if TYPE_CHECKING:
    from ward_app.core.secret_store import Secrets
    from ward_app.core.settings_groups import DowntimeSettings
    from ward_app.downtime.station import Station

logger = logging.getLogger(__name__)


class StationAccess:
    """Finds the way anew with each try, and remembers which secrets were opened."""

    def __init__(self) -> None:
        self._secrets: Secrets | None = None
        self._in_file = False
        # why the last try failed; "" = it did not, or there was none
        self.lacking = ""

    def find(self) -> Access:
        """Return how to connect, and keep for the program's end why it cannot.

        Raises: as `_find`.
        """
        self.lacking = ""
        try:
            return self._find()
        except ConfigurationError as error:
            self.lacking = str(error)
            raise

    def _find(self) -> Access:
        """Return how to connect.

        Raises:
            PassphraseNeededError: the secrets are in a sealed file that nobody has opened yet.
            KeyringLockedError: the keyring waits for its owner.
            ConfigurationError: settings or credential are missing or wrong.
        """
        from ward_app.core.no_dumps import forbid_core_dumps
        from ward_app.core.station_keys import secret_name
        from ward_app.core.station_password import next_password, promote

        forbid_core_dumps()
        settings = load_settings()
        settings.database.conninfo()
        store, role = self._store(), settings.database.user
        password, following = store.get(role), next_password(store, role)
        private_key = store.get(secret_name(role))
        if not settings.database.on_socket:
            store.refuse_locked()
            if password is None and following is None:
                raise _no_credential(store)
        return Access(
            settings.database,
            password,
            private_key,
            settings.encryption.engine,
            tuning=Tuning(retry=settings.retry, health=settings.health, metrics=settings.metrics),
            figures_dir=places().data_dir,
            next_password=following,
            promote=partial(promote, store, role),
            station=_station(store, role, settings.downtime),
        )

    def give_up(self) -> None:
        """Wait for no keyring any more: the program ends. On the GUI thread."""
        if self._secrets is not None:
            self._secrets.give_up()

    def _store(self) -> Secrets:
        """Return the secrets; others than before when a sealed file came or went meanwhile."""
        from ward_app.core.secret_store import own_secrets, sealed_file

        in_file = sealed_file().exists()
        if self._secrets is None or in_file != self._in_file:
            self._secrets, self._in_file = own_secrets(), in_file
        return self._secrets


def _station(store: Secrets, role: str, settings: DowntimeSettings) -> Station | None:
    """Return what is kept here for a downtime; None = the secrets of this computer forbid it."""
    from ward_app.downtime.station import open_station

    try:
        return open_station(store, role, places().data_dir, settings)
    except ConfigurationError as error:
        # the program works as before; wardctl doctor tells IT what is missing
        logger.warning("nothing is kept here for a downtime: %s", error)
        return None


def _no_credential(store: Secrets) -> ConfigurationError:
    why = f" {store.note}" if store.note else ""
    return ConfigurationError(
        f"This workstation has no credential for the ward database.{why} IT can enrol it: "
        "wardctl workstation enrol."
    )
