"""The door that the whole program goes through to its database."""

from __future__ import annotations

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.patience import until
from ui.staff.front_door import Access, FrontDoor
from ward_app.core.errors import DatabaseUnavailableError

OURS = """
SELECT count(*) FROM pg_stat_activity WHERE usename = 'ws_alpha' AND datname = current_database()
"""


def test_that_a_program_has_one_database_from_its_start_to_its_end(station_settings, admin):
    """[Q09] [L01] Who opens it a second time gets the same one, never another beside it.

    Its parts by the names of the documents: initialize and connect are `Database.connect` and
    `keep_looking`, of which a second is refused; get is `FrontDoor.open`; primary is what `run`
    and `read` go to; replica is `Database.replica`; disconnect is `close`.
    """
    asked = []

    def access():
        asked.append(1)
        return Access(station_settings(), STATION_PASSWORD)

    door = FrontDoor(access)
    database = door.open()
    assert door.open() is database
    assert len(asked) == 1
    assert database.run(None, lambda tx: tx.value("SELECT 1")) == 1
    assert database.read(None, lambda tx: tx.value("SELECT 2")) == 2
    assert database.replica is None
    with pytest.raises(RuntimeError, match="once"):
        database.keep_looking()
    assert 1 <= admin.execute(OURS).fetchone()[0] <= database.pool.max
    door.close()
    until(lambda: admin.execute(OURS).fetchone() == (0,))
    with pytest.raises(DatabaseUnavailableError):
        database.read(None, lambda tx: tx.value("SELECT 3"))


@pytest.mark.parametrize(
    ("named", "says", "told"),
    [
        ("staging", "production", "staging"),
        ("production", "production", "production"),
        ("", "production", "production"),
        ("staging", "training", "training"),
    ],
)
def test_that_a_copy_of_production_is_never_told_as_the_wards_own(
    station_settings, admin, named, says, told
):
    """[C21] Also on the wall and on paper, which know what the door says."""
    admin.execute("UPDATE public.installation SET environment = %s", (says,))
    door = FrontDoor(lambda: Access(station_settings(), STATION_PASSWORD), named)
    entry = door.enter("nora", world.PASSWORD)
    assert entry.signed_in.environment == told
    door.close()
