"""[L13] [Z15] PgBouncer in transaction mode: one connection of the server, two people after turns.

Each of two programs of one workstation has its own session; PgBouncer lends both the same
connection, transaction by transaction.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.security.pooler import PROGRAM, Pooler
from ui.staff.front_door import Access, FrontDoor
from ward_app.core.database import Actor, Database
from ward_app.core.listen import Changed, Connected
from ward_app.staff.service import sign_in

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="PgBouncer is not installed: apt-get install pgbouncer"
)

ROUNDS = 30
BACKEND = "SELECT pg_backend_pid()"
STAYS = "SELECT id FROM admission.admissions"
PROOF = "SELECT coalesce(current_setting('ward.token', true), '')"


@pytest.fixture
def pooler(server, database_name):
    pooler = Pooler(server, database_name)
    yield pooler
    # its connection must be gone before the database can be dropped
    pooler.stop()


@pytest.fixture
def pooled(pooler, station_settings):
    """What workstation alpha is set to behind PgBouncer."""
    own = station_settings("ws_alpha")
    return replace(
        own,
        host=str(pooler.folder),
        port=pooler.port,
        via_pgbouncer=True,
        direct_url=f"host={own.host} port={own.port} dbname={own.name}",
    )


@pytest.fixture
def programs(pooled):
    """Two programs of the same workstation."""
    both = [Database.connect(pooled, STATION_PASSWORD) for _ in range(2)]
    yield both
    for program in both:
        program.close()


@pytest.fixture
def nora(programs, hospital):
    """Nora of ward East in the first program."""
    return programs[0], Actor(hospital.nora), hospital.mine


@pytest.fixture
def wes(programs, hospital):
    """Wes of ward West, who has signed in at the second."""
    token = programs[1].run(None, sign_in, "wes", world.PASSWORD).token
    return programs[1], Actor(token), hospital.theirs


@pytest.fixture
def raw(pooled):
    """A client of the workstation's credential that keeps to no rule."""
    arguments = pooled.conninfo() | {"password": STATION_PASSWORD}
    with psycopg.connect(**arguments, autocommit=True, prepare_threshold=None) as connection:
        yield connection


def seen(person):
    """Return which connection of the server was used, and the stays a person saw over it."""
    program, actor, _ = person
    with program.transaction(actor) as tx:
        return tx.value(BACKEND), {stay for (stay,) in tx.tuples(STAYS)}


def test_that_two_people_on_one_connection_by_turns_see_their_own_alone(nora, wes):
    """[B02] [B03]"""
    backends = set()
    for _ in range(ROUNDS):
        for person, other in ((nora, wes), (wes, nora)):
            backend, stays = seen(person)
            backends.add(backend)
            assert person[2] in stays
            assert other[2] not in stays
    assert len(backends) == 1


def test_that_two_people_at_the_same_time_see_their_own_alone(nora, wes):
    def look(person):
        return [seen(person) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(2) as both:
        noras, wess = both.map(look, (nora, wes))
    assert len({backend for backend, _ in noras + wess}) == 1
    assert all(nora[2] in stays and wes[2] not in stays for _, stays in noras)
    assert all(wes[2] in stays and nora[2] not in stays for _, stays in wess)


@pytest.mark.parametrize("end", ["commit", "rollback", "error"])
def test_that_however_a_transaction_ends_no_token_is_left_on_the_connection(
    nora, programs, raw, end
):
    """Neither for another program of the workstation nor for a client without any session."""
    program, actor, _ = nora
    with suppress(RuntimeError, psycopg.Error), program.transaction(actor) as tx:
        before = tx.value(BACKEND)
        assert tx.value(PROOF) == actor.token
        if end == "rollback":
            raise RuntimeError
        if end == "error":
            tx.value("SELECT 1 / 0")
    with programs[1].transaction(None) as tx:
        assert tx.value(BACKEND) == before
        assert tx.value(PROOF) == ""
        assert tx.tuples(STAYS) == []
    assert raw.execute(PROOF).fetchone() == ("",)
    assert raw.execute(STAYS).fetchall() == []


def test_that_a_token_a_patched_client_leaves_behind_makes_nobody_else_that_person(nora, wes, raw):
    """Kept for the whole session it does leak, to this workstation; the next proof replaces it."""
    raw.execute("SELECT set_config('ward.token', %s, false)", (wes[1].token,))
    with psycopg.connect(**_as(raw), autocommit=True, prepare_threshold=None) as sibling:
        assert sibling.execute(PROOF).fetchone() == (wes[1].token,)
    _, stays = seen(nora)
    assert nora[2] in stays
    assert wes[2] not in stays


def test_that_another_workstation_never_gets_that_connection(nora, pooled):
    """A pool belongs to a role: what sticks to a connection stays at its workstation."""
    backend, _ = seen(nora)
    beta = Database.connect(replace(pooled, user="ws_beta"), STATION_PASSWORD)
    with beta.transaction(None) as tx:
        assert tx.value(BACKEND) != backend
        assert tx.value("SELECT session_user::text") == "ws_beta"
    beta.close()


def test_that_nothing_is_prepared_on_a_connection_that_others_get(programs, nora, wes, raw):
    """Before 1.21 PgBouncer mixes up whose statement is whose: 42P05."""
    for _ in range(ROUNDS):
        seen(nora)
        seen(wes)
    assert raw.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_that_limits_and_zone_hold_for_each_transaction_and_for_nobody_after_it(
    nora, raw, admin, pooled
):
    admin.execute(f"ALTER DATABASE {pooled.name} SET timezone = 'Asia/Tokyo'")
    program, actor, _ = nora
    with program.transaction(actor) as tx:
        told = [tx.value(f"SHOW {name}") for name in ("statement_timeout", "lock_timeout")]
        assert told == ["30s", "3s"]
        assert tx.value("SHOW transaction_isolation") == "read committed"
        assert tx.now.utcoffset() == timedelta(0)
        assert tx.value("SELECT now()").tzinfo in {UTC, tx.now.tzinfo}
    assert raw.execute("SHOW lock_timeout").fetchone() == ("0",)


def test_that_a_change_through_the_pooler_is_heard_past_it(pooled, hospital):
    door = FrontDoor(lambda: Access(pooled, STATION_PASSWORD))
    entry = door.enter("nora", world.PASSWORD)
    events = entry.listener.events()
    assert next(events) == Connected()
    change = threading.Thread(target=_change_a_bed, args=(entry,))
    change.start()
    give_up = threading.Timer(20, entry.listener.stop)
    give_up.start()
    heard = next(event for event in events if isinstance(event, Changed))
    give_up.cancel()
    change.join(20)
    events.close()
    door.close()
    assert heard.ward_id == str(world.id_of("east"))


def test_that_who_listens_through_the_pooler_is_not_told_and_the_next_one_is(raw, admin):
    """Why there is a way past it: what is said belongs to whoever has the connection then."""
    raw.execute("LISTEN ward")
    with psycopg.connect(**_as(raw), prepare_threshold=None) as next_one:
        own = next_one.execute(BACKEND).fetchone()
        admin.execute("SELECT pg_notify('ward', 'x:y')")
        # the server tells it at the end of the transaction, with the answer to COMMIT
        next_one.commit()
        assert [heard.payload for heard in next_one.notifies(timeout=0)] == ["x:y"]
    assert raw.execute(BACKEND).fetchone() == own
    assert list(raw.notifies(timeout=0)) == []


def _as(connection):
    """Return how a connection was made."""
    info = connection.info
    return {**info.get_parameters(), "host": info.host, "password": STATION_PASSWORD}


def _change_a_bed(entry):
    entry.database.run(entry.actor, _say_something_changed)


def _say_something_changed(tx):
    tx.value("SELECT pg_notify('ward', %s)", (f"{world.id_of('east')}:beds",))
