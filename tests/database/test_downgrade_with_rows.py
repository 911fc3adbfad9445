"""Taking a database back that was in use: rows a version before has no word for stay readable."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from ward_app.core.ids import new_id
from ward_app.operations.migrate import downgrade, upgrade

PATIENT = "00000000-0000-7000-8000-00000000000a"
ROWS = """
INSERT INTO audit.access_logs
    (at, xact, user_id, session_id, workstation, patient_id, kind, reason)
VALUES ('2026-11-01 08:00Z', 1, %(user)s, %(session)s, 'ws_alpha', %(patient)s, %(kind)s,
    %(reason)s)
"""
OF_NOBODY = {"search", "report", "audit", "copy"}
KINDS = ("ward", "break_glass", "search", "copy", "privacy", "audit", "report", "print")
REASON = "said so in ten letters"
# what an entry of each kind is in the revision before its kind was known
BEFORE = {
    "copy": ("0051", "search", f"ward copy: {REASON}"),
    "privacy": ("0049", "ward", f"private: {REASON}"),
    "audit": ("0046", "search", f"audit trail: {REASON}"),
    "report": ("0039", "search", f"reported: {REASON}"),
    "print": ("0007", "ward", f"printed: {REASON}"),
}


@pytest.fixture
def used(admin):
    """An opening of every kind is on record."""
    admin.execute(
        "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
        " VALUES (%s, %s, '0000000018', 'Okafor', 'Ada', 'female')",
        (PATIENT, world.id_of("main")),
    )
    for kind in KINDS:
        values = {
            "user": world.id_of("nora"),
            "session": new_id(),
            "patient": None if kind in OF_NOBODY else PATIENT,
            "kind": kind,
            "reason": REASON,
        }
        admin.execute(ROWS, values)


@pytest.mark.usefixtures("used")
def test_that_openings_stay_on_record_in_the_words_of_the_version_before(admin_dsn, admin):
    """[M13] [U01] None is lost, and none opens anything again."""
    reached = "0052"
    for kind, (revision, becomes, reason) in BEFORE.items():
        assert revision < reached, kind
        reached = revision
        downgrade(admin_dsn, revision)
        found = admin.execute(
            "SELECT kind FROM audit.access_logs WHERE reason = %s AND valid_until IS NULL",
            (reason,),
        ).fetchall()
        assert found == [(becomes,)]
        assert is_forced(admin)
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone() == (len(KINDS),)
    upgrade(admin_dsn)
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone() == (len(KINDS),)


def test_that_staging_is_guarded_as_production_by_the_version_before(admin_dsn, admin):
    """[C21] [M13]"""
    admin.execute("UPDATE public.installation SET environment = 'staging'")
    downgrade(admin_dsn, "0061")
    named, forced = (
        "SELECT environment FROM public.installation",
        "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'public.installation'::regclass",
    )
    assert admin.execute(named).fetchone() == ("production",)
    assert admin.execute(forced).fetchone() == (True,)
    upgrade(admin_dsn)


def is_forced(admin):
    """Whether row security binds the owner, and the trail is append-only again."""
    forced = admin.execute(
        "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'audit.access_logs'::regclass"
    ).fetchone()[0]
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("UPDATE audit.access_logs SET reason = 'x'")
    return forced
