"""The data keys of the person at this workstation: asked for when signed in, kept in memory."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from typing import TYPE_CHECKING

from ward_app.core.database import Transaction
from ward_app.core.settings_groups import EncryptionEngine

if TYPE_CHECKING:
    from ward_app.core.data_keys import KeyRing
    from ward_app.core.field_cipher import FieldCipher

_KEY_BYTES = 32
_WRAPS = "SELECT number, purpose, state, wrapped FROM auth.station_keys()"


class StationKeys:
    """Opens the wraps that the database hands to a signed-in session of this workstation.

    Used on the worker thread, but for `forget`. What encrypts is imported when it is first
    needed: nobody waits for it at the start.
    """

    def __init__(
        self,
        station: str = "",
        private_key: str | None = None,
        engine: EncryptionEngine = EncryptionEngine.AES_GCM,
    ) -> None:
        """Take the workstation's role and private key (base64); None = it has none."""
        self._station, self._engine = station, engine
        self._private = _decoded(private_key)
        self._ring: KeyRing | None = None

    def __repr__(self) -> str:
        return f"StationKeys({self._station!r})"

    def cipher(self, tx: Transaction, *, fresh: bool = False) -> FieldCipher:
        """Return what encrypts and reads; without a key it can do neither.

        Args:
            tx: of a signed-in session.
            fresh: ask the database again which keys there are, as before anything is written.

        Raises:
            WrongWrapError: a wrap is not for this workstation.
        """
        from ward_app.core.field_cipher import AES_GCM, PGCRYPTO, FieldCipher
        from ward_app.core.pgcrypto import PgCrypto

        # another thread may make us forget meanwhile
        ring = self._ring
        if ring is None or fresh:
            ring = self._ring = self._asked(tx)
        writes = PGCRYPTO if self._engine is EncryptionEngine.PGCRYPTO else AES_GCM
        return FieldCipher(ring, {PGCRYPTO: PgCrypto(tx)}, writes=writes)

    @property
    def is_set_up(self) -> bool:
        """Whether this workstation has a key of its own at all."""
        return self._private is not None

    def forget(self) -> None:
        """Forget the keys: nobody is signed in any more."""
        self._ring = None

    def _asked(self, tx: Transaction) -> KeyRing:
        from ward_app.core.data_keys import KeyRing, KeyState, Purpose, unwrapped

        if self._private is None:
            return KeyRing()
        return KeyRing(
            unwrapped(
                wrap,
                self._private,
                number=number,
                purpose=Purpose(purpose),
                state=KeyState(state),
                station=self._station,
            )
            for number, purpose, state, wrap in tx.tuples(_WRAPS)
        )


def as_text(private_key: bytes) -> str:
    """Return a private key as the keyring keeps it."""
    return b64encode(private_key).decode()


def secret_name(role_name: str) -> str:
    """Return the name of a workstation's private key in the keyring."""
    return f"{role_name} key"


def _decoded(private_key: str | None) -> bytes | None:
    if private_key is None:
        return None
    try:
        decoded = b64decode(private_key, validate=True)
    except NotBase64Error:
        return None
    return decoded if len(decoded) == _KEY_BYTES else None
