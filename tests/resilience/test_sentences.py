"""What keeps somebody from coming in: each reason has a sentence of its own, in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from ward_app.core.database import Database
from ward_app.core.errors import WardError
from ward_app.core.schema_version import REVISION
from ward_app.staff.service import sign_in

# words of the driver and the server, which help nobody at a desk
TECHNICAL = ("FATAL", "connection to", "ws_", "psycopg", "SQLSTATE", "pool", ".s.PGSQL", "role")


@pytest.fixture
def told(station_settings, admin):
    """Return what somebody is told who signs in under these circumstances."""

    def try_it(settings=None, password=STATION_PASSWORD, person=world.PASSWORD, before=""):
        if before:
            admin.execute(before)
        reached = replace(settings or station_settings(), connect_timeout_s=1)
        database = Database.connect(reached, password)
        try:
            database.run(None, sign_in, "nora", person)
        except WardError as refusal:
            return str(refusal)
        finally:
            database.close()
        return "came in"

    return try_it


def test_that_every_way_to_stay_outside_has_its_own_sentence(told, station_settings, admin):
    sentences = {
        "nothing": told(),
        "wrong workstation password": told(password="guess"),
        "no such database": told(replace(station_settings(), name="nowhere")),
        "no server": told(replace(station_settings(), host="/nowhere")),
        "wrong password": told(person="guess"),
        "locked": [told(person="guess") for _ in range(5)][-1],
        "newer schema": told(
            before="UPDATE public.alembic_version SET version_num = '9999';"
            " UPDATE public.installation SET oldest_client_revision = '9999'"
        ),
        "older schema": told(before="UPDATE public.alembic_version SET version_num = '0001'"),
        "revoked": told(
            before=f"UPDATE public.alembic_version SET version_num = '{REVISION}';"
            " UPDATE public.installation SET oldest_client_revision = '0001';"
            " UPDATE public.workstations SET revoked_at = now()"
        ),
        "no hospital": told(before="DELETE FROM public.installation"),
        "never prepared": told(before="DROP FUNCTION auth.server_info CASCADE"),
    }
    assert sentences.pop("nothing") == "came in"
    assert len(set(sentences.values())) == len(sentences)
    for sentence in sentences.values():
        assert sentence.endswith(".")
        assert not [word for word in TECHNICAL if word in sentence]
