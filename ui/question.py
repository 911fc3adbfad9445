"""A question that must be answered before anything else: the only modal dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def ask(parent: QWidget, question: str, yes: str) -> bool:
    """Return whether the person chose `yes`; Escape and closing mean no."""
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415 - rarely; its enums take 2 ms

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refused = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(refused)
    box.setEscapeButton(refused)
    box.exec()
    answer = box.clickedButton() is agreed
    box.deleteLater()
    return answer
