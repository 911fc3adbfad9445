"""The start screen where the workstation's own secrets are locked."""

from __future__ import annotations

from PySide6.QtCore import Qt

from ui.demo.screens import Screen
from ui.demo.walk import Walk
from ward_app.core.errors import KeyringLockedError, PassphraseNeededError
from ward_app.core.sealed_store import NEEDED
from ward_app.core.secret_store import Trouble


def locked_keyring(walk: Walk) -> None:
    """The keyring waits for its owner; F5 unlocks it."""
    locked = KeyringLockedError(Trouble.SILENT.value, lambda: None)
    walk.program.window.sign_in.card.show_problem(locked)


def passphrase(walk: Walk) -> None:
    """The secrets are sealed in a file, and the passphrase is asked for."""
    needed = PassphraseNeededError(NEEDED, lambda _passphrase: None)
    walk.program.window.sign_in.card.show_problem(needed)


def back_to_sign_in(walk: Walk) -> None:
    """Come back to the sign-in screen, with the user name that was typed there before."""
    panel = walk.program.window.sign_in
    login = panel.card.login
    panel.begin()
    panel.card.user_name.setText(login)
    panel.card.password.setFocus(Qt.FocusReason.OtherFocusReason)


DOOR = (Screen("keyring-locked", locked_keyring), Screen("passphrase", passphrase))
