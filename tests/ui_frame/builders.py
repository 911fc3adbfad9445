"""Stand-ins for the frame's tests: a database that can be held up, people, wards, panels."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.widgets.form import Field, Form, Text
from ui.widgets.panel import Count, Found, Panel
from ui.widgets.sheet import Sheet
from ward_app.core.database import Actor
from ward_app.core.listen import Connected
from ward_app.rooms.types import Ward
from ward_app.staff.types import SignedIn

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


class HeldDatabase:
    """Runs work at once, or waits for `let_go` while held."""

    def __init__(self):
        self._free = threading.Event()
        self._free.set()
        self.started = threading.Semaphore(0)
        self.actors, self.were_wanted = [], []

    def hold(self):
        self._free.clear()

    def let_go(self):
        self._free.set()

    def run(self, actor, work, *args, **kwargs):
        self.actors.append(actor)
        self.started.release()
        assert self._free.wait(10)
        return work(None, *args, **kwargs)

    def read_while(self, is_wanted, actor, work, *args, **kwargs):
        found = self.run(actor, work, *args, **kwargs)
        self.were_wanted.append(is_wanted())
        return found

    def close(self):
        self.let_go()


class QuietListener:
    """Connected, and hears nothing."""

    def __init__(self):
        self._stopped = threading.Event()

    def events(self):
        yield Connected()
        self._stopped.wait()

    def stop(self):
        self._stopped.set()


def a_ward(name="Ward 7 East", **facts):
    known = {"code": name[-6:], "specialty": "Cardiology", "time_zone": "Europe/London"}
    return Ward(**{"id": uuid4(), "name": name, "wall_privacy": "initials", **known, **facts})


def a_person(wards=None, **facts):
    usual = {
        "token": "secret-token",
        "session_id": uuid4(),
        "user_id": UUID(int=7),
        "login": "ann",
        "display_name": "Ann Other",
        "role_names": ("Nurse",),
        "permissions": frozenset(),
        "facility_id": uuid4(),
        "facility_name": "St Elsewhere",
        "environment": "demo",
        "wards": (a_ward(),) if wards is None else tuple(wards),
        "last_signed_in_at": None,
        "idle_lock_minutes": 5,
    }
    return SignedIn(**{**usual, **facts})


def a_place(name="Ward 7 East"):
    return Place(name=name, wards=(a_ward(name),))


def a_work(database=None, parent=None):
    return DatabaseWork(database or HeldDatabase(), Actor("secret-token"), parent)


def a_context(work, clock=None, **facts):
    return Context(work=work, signed_in=a_person(**facts), clock=clock or Clock())


class OnePanel(Panel):
    """A panel that shows how often it was loaded."""

    topics = frozenset({"beds"})
    answer = staticmethod(lambda _tx: "read")

    def __init__(self, context, place, parent=None):
        super().__init__(context, place, parent)
        self.loads = 0
        self.shown = QLabel(self)
        self.content.addWidget(self.shown)
        self.filters = []
        self.admit = self.add_command("Admit a patient", "A", self._admit)

    @property
    def counts(self):
        return (
            Count(key="in", text="24 in", tooltip="Patients in a bed"),
            Count(
                key="free", text="3 free", tooltip="Beds to give", chosen="free" in self.filters
            ),
        )

    def load(self):
        self.loads += 1
        self.read(self.shown.setText, self.answer)

    def filter_by(self, key):
        self.filters.append(key)

    def found(self, typed):
        hit = Found(text="OKORO, Ada (Mrs)", detail="Bed 12", run=lambda: self.filter_by("12"))
        return [hit] if typed.casefold().startswith("ok") else []

    def _admit(self):
        self.sheet_requested.emit(OneSheet(self.context))


class OneSheet(Sheet):
    """A sheet with one line that saves by `change`."""

    change = staticmethod(lambda _tx, name: name)

    def __init__(self, context, patient_name=None):
        super().__init__(context, title="Admit", patient_name=patient_name, draft_key="admit")
        self.form = Form([Field(name="name", label="Family name", kind=Text(), required=True)])
        self.content.addWidget(self.form)

    @property
    def is_dirty(self):
        return self.form.is_dirty

    def draft(self):
        return self.form.typed()

    def retype(self, draft):
        self.form.retype(draft)

    def focus_first(self):
        self.form.focus_first()

    def save(self):
        if self.form.check():
            self.send("beds", self._saved, self.change, self.form.value("name"))

    def _saved(self, name):
        self.finish(f"Saved. {name} is in.")


class Owner(QObject):
    """Somebody who asks."""
