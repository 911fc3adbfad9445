"""The workstation's secrets in a file that a passphrase seals: where no keyring can be used."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from ward_app.core.errors import ConfigurationError, PassphraseNeededError, RuleBrokenError
from ward_app.core.passphrase_seal import (
    NewerSealError,
    Seal,
    SealError,
    WrongPassphraseError,
    new_seal,
    seal_of,
)
from ward_app.core.whole_file import write_whole

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
NEEDED = "The secrets of this workstation are sealed. Type the passphrase that IT chose for it."
NOT_RIGHT = (
    "The passphrase of this workstation is not right. Type it again; where it is lost, IT enrols "
    "the workstation anew."
)
_AGAIN = "Delete it and enrol the workstation anew: wardctl workstation enrol --sealed-file."


class SealedStore:
    """Keeps secrets by name in one file; usable once its passphrase was given.

    The passphrase itself is not kept, what it comes to is: in memory, until the program ends.
    Every change is read, made and written as a whole; a file with nothing in it is deleted.
    """

    note: str | None = None

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seal: Seal | None = None
        self._is_empty = False

    @property
    def file(self) -> Path:
        """Where it is, or will be."""
        return self._file

    @property
    def is_begun(self) -> bool:
        """Whether the file is there, so that its passphrase was chosen."""
        return self._file.exists()

    def begin(self, passphrase: str) -> None:
        """Seal the first secret, once there is one, by a new passphrase."""
        self._seal, self._is_empty = new_seal(passphrase), True

    def unlock(self, passphrase: str) -> None:
        """Open the file.

        Raises:
            RuleBrokenError: the passphrase is another one.
            ConfigurationError: the file is missing, damaged, or others may read it.
        """
        try:
            self._seal, self._is_empty = seal_of(self._read(), passphrase), False
        except WrongPassphraseError:
            raise RuleBrokenError(NOT_RIGHT) from None
        except SealError as error:
            raise self._unreadable(error) from None
        self._secrets()

    def check(self) -> bool:
        """Whether secrets can be kept: the file is open."""
        return self._seal is not None

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none.

        Raises:
            PassphraseNeededError: nobody has opened the file yet.
            ConfigurationError: it is missing, damaged, or others may read it.
        """
        return self._secrets().get(name)

    def put(self, name: str, secret: str) -> bool:
        """Keep the secret; return whether it lasts beyond this program, which it does.

        Raises:
            PassphraseNeededError: nobody has opened the file yet.
            ConfigurationError: it is damaged, others may read it, or it cannot be written.
        """
        self._write(self._secrets() | {name: secret})
        return True

    def remove(self, name: str) -> None:
        """Forget the secret, if there is one.

        Raises:
            PassphraseNeededError: nobody has opened the file yet.
            ConfigurationError: it is damaged, others may read it, or it cannot be written.
        """
        kept = self._secrets()
        if kept.pop(name, None) is None:
            return
        if kept:
            self._write(kept)
        else:
            self.destroy()

    def destroy(self) -> None:
        """Delete the file, which takes no passphrase."""
        self._file.unlink(missing_ok=True)
        self._is_empty = True

    def refuse_locked(self) -> None:
        """Do nothing: what is locked has refused by itself."""

    def give_up(self) -> None:
        """Do nothing: a file is not waited for."""

    def _secrets(self) -> dict[str, str]:
        """Return all secrets, by name."""
        if self._seal is None:
            raise PassphraseNeededError(NEEDED, self.unlock)
        if self._is_empty:
            return {}
        try:
            found: dict[str, str] = json.loads(self._seal.open(self._read()))
        except WrongPassphraseError:
            # somebody enrolled it anew meanwhile
            self._seal = None
            raise PassphraseNeededError(NEEDED, self.unlock) from None
        except SealError as error:
            raise self._unreadable(error) from None
        return found

    def _read(self) -> bytes:
        try:
            with self._file.open("rb") as file:
                self._refuse_what_others_read(os.fstat(file.fileno()))
                return file.read()
        except OSError as error:
            raise ConfigurationError(
                f"The file {self._file} with the secrets of this workstation cannot be read: "
                f"{error.strerror}. Put it back, or enrol the workstation anew: "
                "wardctl workstation enrol --sealed-file."
            ) from None

    def _write(self, secrets: dict[str, str]) -> None:
        assert self._seal is not None  # noqa: S101 - whoever changes secrets has read them
        try:
            write_whole(self._file, self._seal.close(json.dumps(secrets).encode()))
            self._is_empty = False
        except OSError as error:
            raise ConfigurationError(
                f"The file {self._file} with the secrets of this workstation cannot be written: "
                f"{error.strerror}."
            ) from None

    def _refuse_what_others_read(self, found: os.stat_result) -> None:
        # elsewhere than on POSIX the folder of the account is what keeps others out
        if os.name == "posix" and found.st_mode & _OTHERS:
            raise ConfigurationError(
                f"Other accounts of this computer may read {self._file}, which holds the secrets "
                f"of this workstation. Take that from them (chmod 600 '{self._file}'), start the "
                "program again, and have IT run wardctl workstation rotate."
            )

    def _unreadable(self, error: Exception) -> ConfigurationError:
        what = "was sealed by a newer version of this program"
        what = what if isinstance(error, NewerSealError) else "is damaged"
        return ConfigurationError(
            f"The file {self._file} with the secrets of this workstation {what}. {_AGAIN}"
        )
