"""A person's preferences on this workstation, typed. Nothing about a patient is ever kept."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import Scheme

WHOLE_HOSPITAL = "whole hospital"


class Preferences:
    """Preferences in one INI file beside the configuration."""

    def __init__(self, file: Path) -> None:
        self._kept = QSettings(str(file), QSettings.Format.IniFormat)

    def sync(self) -> None:
        """Write what was changed now, and not a moment later."""
        self._kept.sync()

    @property
    def scheme(self) -> Scheme:
        """Light or dark; light when never chosen."""
        kept = self._kept.value("look/scheme", Scheme.LIGHT.value, str)
        return Scheme.DARK if kept == Scheme.DARK.value else Scheme.LIGHT

    @scheme.setter
    def scheme(self, wanted: Scheme) -> None:
        self._kept.setValue("look/scheme", wanted.value)

    @property
    def window(self) -> QByteArray:
        """Place and size of the main window as Qt saves them; empty when never kept."""
        kept = self._kept.value("look/window", QByteArray())
        return kept if isinstance(kept, QByteArray) else QByteArray()

    @window.setter
    def window(self, geometry: QByteArray) -> None:
        self._kept.setValue("look/window", geometry)

    @property
    def alert_sound(self) -> bool:
        """Whether alerts sound at this workstation; yes when never chosen."""
        return self._kept.value("alerts/sound", "on", str) != "off"

    @alert_sound.setter
    def alert_sound(self, wanted: bool) -> None:
        self._kept.setValue("alerts/sound", "on" if wanted else "off")

    def last_place(self, user_id: UUID) -> UUID | str | None:
        """Return the ward a person chose last, WHOLE_HOSPITAL, or None the first time."""
        kept = self._kept.value(f"place/{user_id}", "", str)
        if kept == WHOLE_HOSPITAL:
            return WHOLE_HOSPITAL
        try:
            return UUID(str(kept))
        except ValueError:
            return None

    def keep_last_place(self, user_id: UUID, place: UUID | str) -> None:
        """Keep the ward a person chose, for the next sign-in here."""
        self._kept.setValue(f"place/{user_id}", str(place))
