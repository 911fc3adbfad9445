"""A workstation of the test hospital with keys of protected details."""

from __future__ import annotations

from base64 import b64encode

from ward_app.core.data_keys import (
    DataKey,
    Purpose,
    new_key,
    new_private_key,
    public_half,
    wrapped,
)
from ward_app.core.ids import new_id
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.core.station_keys import StationKeys


def add_key(admin, number, purpose) -> DataKey:
    """Return a new active key that the database knows; the one before is readable."""
    key = new_key(number, purpose)
    admin.execute(
        "UPDATE auth.data_keys SET state = 'readable' WHERE purpose = %s", (purpose.value,)
    )
    admin.execute(
        "INSERT INTO auth.data_keys (id, number, purpose, state, check_value)"
        " VALUES (%s, %s, %s, 'active', %s)",
        (new_id(), number, purpose.value, key.check_value),
    )
    return key


def give(admin, key, station, public_key):
    """Wrap a key for a workstation."""
    admin.execute(
        "INSERT INTO auth.key_wraps SELECT k.id, s.id, %s FROM auth.data_keys k,"
        " workstations s WHERE k.number = %s AND s.role_name = %s",
        (wrapped(key, public_key, station), key.number, station),
    )


def keyed_station(
    admin, station="ws_alpha", engine=EncryptionEngine.AES_GCM
) -> tuple[StationKeys, bytes]:
    """Return the keys of a workstation that has the first two; its public key."""
    private = new_private_key()
    public = public_half(private)
    admin.execute(
        "UPDATE workstations SET public_key = %s WHERE role_name = %s", (public, station)
    )
    for number, purpose in ((1, Purpose.FIELD), (2, Purpose.INDEX)):
        give(admin, add_key(admin, number, purpose), station, public)
    return StationKeys(station, b64encode(private).decode(), engine), public
