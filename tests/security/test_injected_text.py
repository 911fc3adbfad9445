"""Words that are SQL, in every text of every command and query: stored or refused, never run.

The calls are generated: whoever adds a service or a query adds it here.
"""

from __future__ import annotations

import inspect
import pkgutil
from contextlib import suppress
from importlib import import_module

import psycopg
import pytest

import ward_app
from tests import world
from tests.security.made_values import Maker
from ward_app.core.database import Transaction
from ward_app.core.errors import WardError

ATTACKS = {
    "quote": "x'); CREATE TABLE public.pwned (x int); --",
    "dollar": r"$$; UPDATE users SET is_active = false; \' /* %s %(a)s :b {0} */ --",
}
# their rules refuse words or figures like these before anything is sent
REFUSED_UNSENT = {
    "ward_app.escalations.service.silence",
    "ward_app.measurements.service.record_measurement",
    "ward_app.messages.service.send_message",
    "ward_app.observations.pack_service.record_pregnancy",
    "ward_app.observations.service.record_observations",
    "ward_app.observations.target_service.set_oxygen_target",
    "ward_app.schedule.service.decide_plan",
    "ward_app.schedule.service.defer",
    "ward_app.shifts.service.set_shift_times",
}
# refused by a rule, or an answer nobody expects of words like these
UNEXPECTED = (WardError, psycopg.Error, ValueError, KeyError, TypeError, AttributeError)
KINDS = ("service", "queries")


def functions():
    """Return every public function of a context that gets a transaction, by its full name."""
    found = {}
    for package in pkgutil.iter_modules(ward_app.__path__, "ward_app."):
        if not package.ispkg:
            continue
        inside = import_module(package.name)
        for module in pkgutil.iter_modules(inside.__path__, f"{package.name}."):
            if module.name.endswith(KINDS):
                found |= _of(import_module(module.name))
    return found


def _of(module):
    return {
        f"{module.__name__}.{name}": function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "tx"
    }


FUNCTIONS = functions()


class Spy:
    """Sends statements on, each in a savepoint, and keeps their text."""

    def __init__(self, connection):
        self._connection = connection
        self.sent = []

    def execute(self, sql, params=()):
        self.sent.append((sql, params))
        with self._connection.transaction():
            return self._connection.execute(sql, params)

    def __getattr__(self, name):
        return getattr(self._connection, name)


@pytest.fixture
def known(hospital):
    """Ids that lead somewhere, by the names of fields."""
    east = world.id_of("east")
    return {
        "patient_id": hospital.my_patient,
        "admission_id": hospital.mine,
        "admission_ids": hospital.mine,
        "ward_id": east,
        "ward_ids": east,
        "to_ward_id": east,
        "bed_id": world.bed("east", "2"),
        "user_id": world.id_of("hal"),
    }


def test_that_there_is_something_to_attack():
    assert len(FUNCTIONS) > 100
    assert "ward_app.staff.service.sign_in" in FUNCTIONS


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_that_words_that_are_sql_are_never_run(hospital, intruder, known, admin, attack):
    """[B02]"""
    before = state(admin)
    silent = set()
    for name, function in FUNCTIONS.items():
        with intruder.connection(hospital.nora) as connection:
            connection.execute("SET LOCAL statement_timeout = '20s'")
            spy = Spy(connection)
            arguments = Maker(attack, known).arguments(function)
            with suppress(*UNEXPECTED):
                function(Transaction(spy), **arguments)
            for text, _params in spy.sent:
                assert attack not in text, name
            # without data keys protected details are not sent at all
            if not spy.sent and "keys" not in arguments:
                silent.add(name)
            connection.rollback()
    assert state(admin) == before
    assert " ".join(sorted(silent - REFUSED_UNSENT)) == ""


def state(admin):
    """Return what an attack that ran would have changed."""
    tables = admin.execute("SELECT count(*) FROM pg_class WHERE relname = 'pwned'").fetchone()
    users = admin.execute("SELECT count(*) FROM users WHERE is_active").fetchone()
    return tables, users
