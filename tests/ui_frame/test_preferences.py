from uuid import uuid4

from PySide6.QtCore import QByteArray

from ui.preferences import WHOLE_HOSPITAL, Preferences
from ui.theme import Scheme


def test_that_preferences_are_kept_from_one_start_to_the_next(tmp_path):
    file, user, ward = tmp_path / "preferences.ini", uuid4(), uuid4()
    first = Preferences(file)
    first.scheme = Scheme.DARK
    first.window = QByteArray(b"somewhere")
    first.keep_last_place(user, ward)
    first.sync()
    again = Preferences(file)
    assert again.scheme is Scheme.DARK
    assert again.window == QByteArray(b"somewhere")
    assert again.last_place(user) == ward
    again.keep_last_place(user, WHOLE_HOSPITAL)
    assert again.last_place(user) == WHOLE_HOSPITAL


def test_that_nothing_kept_or_nonsense_kept_means_the_usual(tmp_path):
    file = tmp_path / "preferences.ini"
    file.write_text("[look]\nscheme=purple\n[place]\n00000000=x\n", encoding="utf-8")
    kept = Preferences(file)
    assert kept.scheme is Scheme.LIGHT
    assert kept.window.isEmpty()
    assert kept.last_place(uuid4()) is None
