"""Signing in at the workstation, as one person after the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from ui.demo.hands import POLL_MS, Hands
from ui.demo.walk import Walk
from ward_app.demo.staff import PASSWORD


def type_credentials(hands: Hands, login: str, password: str) -> None:
    """Type a user name and a password where the cursor is, and Enter."""
    hands.type(login)
    hands.press("Tab")
    hands.type(password)
    hands.press("Return")


def sign_in_as(walk: Walk, login: str) -> None:
    """Somebody else signs in at this workstation; whoever is there signs out first."""
    window = walk.program.window
    if window.workplace is not None:
        if window.workplace.context.signed_in.login == login:
            return
        sign_out(walk)
    walk.until(lambda: window.workplace is None, "nobody signed out")
    card = window.sign_in.card
    walk.until(lambda: card.isVisible() and not card.is_attempting, "nobody can sign in")
    card.user_name.setFocus(Qt.FocusReason.OtherFocusReason)
    walk.hands.press("Ctrl+A")
    type_credentials(walk.hands, login, PASSWORD)
    choosing = window.sign_in.ward_choice.list
    walk.until(lambda: window.workplace or choosing.isVisible(), "the password was not accepted")
    if window.workplace is None:
        walk.hands.press("Return")
    walk.until(lambda: window.workplace, "the ward was not opened")
    walk.until(lambda: walk.lamp == "live", "the board did not become live")


def sign_out(walk: Walk) -> None:
    """Sign out; what was typed and not saved is given up, which the program asks about."""
    # the question keeps the hands until it is answered, so that somebody else answers it
    answering = QTimer(interval=POLL_MS)
    answering.timeout.connect(_give_up_what_is_typed)
    answering.start()
    walk.hands.press("Ctrl+Shift+Q")
    answering.stop()
    walk.program.window.activateWindow()


def _give_up_what_is_typed() -> None:
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        roles = {box.buttonRole(button): button for button in box.buttons()}
        roles[QMessageBox.ButtonRole.AcceptRole].click()
