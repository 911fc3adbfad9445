"""The revision of the trail, there and back, with entries on record."""

from __future__ import annotations

import psycopg
import pytest

from tests.steps import admit, open_first
from ward_app.audit.service import open_directory, open_trail, record_print, record_trail
from ward_app.audit.types import Action
from ward_app.core.database import Actor
from ward_app.operations.audit_seals import seal
from ward_app.operations.audit_verify import verify
from ward_app.operations.migrate import downgrade, upgrade

BEFORE = "0046"
KINDS = "SELECT kind, reason FROM audit.access_logs ORDER BY id"


def test_that_what_is_on_record_stays_there_and_back(database, nurse, admin, admin_dsn, signed_in):
    admit(database, nurse, "Okafor")
    open_first(database, nurse)
    patient = admin.execute("SELECT id FROM patient.patients").fetchone()[0]
    database.run(nurse, record_print, patient, "chart, PDF, A4", action=Action.EXPORT)
    database.run(nurse, record_print, patient, "chart, printer, A4", action=Action.PRINT)
    database.run(nurse, open_directory)
    audrey = Actor(signed_in("audrey").token)
    database.run(audrey, open_trail, "everything")
    database.run(audrey, record_trail, "everything, CSV", action=Action.EXPORT)
    database.close()
    before = admin.execute(KINDS).fetchall()
    downgrade(admin_dsn, BEFORE)
    assert [row[0] for row in admin.execute(KINDS)] == [
        "ward", "print", "print", "search", "search", "search",
    ]  # fmt: skip
    upgrade(admin_dsn)
    actions = admin.execute("SELECT action FROM audit.access_logs ORDER BY id").fetchall()
    assert [row[0] for row in actions] == ["VIEW", "EXPORT", "PRINT", "VIEW", "VIEW", "VIEW"]
    assert len(admin.execute(KINDS).fetchall()) == len(before)
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("DELETE FROM audit.access_logs")


def test_that_entries_of_before_are_sealed_too(database, nurse, admin, admin_dsn, here, passed):
    admit(database, nurse, "Okafor")
    database.close()
    downgrade(admin_dsn, BEFORE)
    upgrade(admin_dsn)
    passed()
    here(seal)
    found = here(verify)
    assert found.problems == ()
    assert found.unsealed == 0
    assert found.head.logins == 1
    forced = admin.execute(
        "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'audit.access_logs'::regclass"
    )
    assert forced.fetchone() == (True,)
