"""[B08] The courtesy check: each command refuses in words who may not, before the database does.

What a command needs is not said twice: it is held against what it calls in the database, and
against the matrix of what that asks for.
"""

from __future__ import annotations

from importlib import import_module

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.security.permissions import MATRIX, PEOPLE
from tests.security.service_commands import MODULES, commands_of
from tests.security.test_matrix import ADDS, FOR_ALL, NEEDS
from tests.steps import ago
from ui.staff.front_door import Access, FrontDoor
from ward_app.core.database import Actor, Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.core.requires import NEEDED
from ward_app.rooms.service import BedState, set_readiness
from ward_app.rooms.types import Readiness

COMMANDS = {
    f"{module}.{name}": asked for module in MODULES for name, asked in commands_of(module).items()
}
# the name of the database's command is put together where it is called
PUT_TOGETHER = {
    "ward_app.staff.account_service.change_role": {"auth.give_role", "auth.take_role"},
    "ward_app.staff.account_service.change_ward": {"auth.give_ward", "auth.take_ward"},
}
UNGUARDED = FOR_ALL | {"auth.server_info"}


def command(name):
    """Return a service's command by its full name."""
    module, _, function = name.rpartition(".")
    return getattr(import_module(module), function)


def enough_for(asked):
    """Return the permissions of which the database asks one, or more."""
    alone = {NEEDS[name] for name in asked if name in NEEDS}
    return alone.union(*(ADDS[name] for name in asked if name in ADDS))


def of(permissions):
    """Return a transaction of somebody with these permissions, that reaches no database."""
    transaction = Transaction(None)
    transaction._actor = Actor("a token", frozenset(permissions))
    return transaction


def is_refused(call, permissions):
    """Whether a command is refused to who has these permissions, in words for them."""
    try:
        call(of(permissions))
    except NotPermittedError as refusal:
        return str(refusal).startswith("Your role does not allow this.")
    except (TypeError, AttributeError):  # let through, without anything to do and anybody to ask
        return False
    raise AssertionError(call)


@pytest.mark.parametrize("name", COMMANDS)
def test_that_a_command_asks_for_what_the_database_asks_for(name):
    asked = PUT_TOGETHER.get(name, COMMANDS[name])
    import_module(name.rpartition(".")[0])
    assert NEEDED.get(name, set()) == enough_for(asked)
    assert NEEDED.get(name) or asked <= UNGUARDED, "a command that nothing is asked for"


@pytest.mark.parametrize("role", MATRIX)
def test_that_a_role_is_refused_exactly_what_the_matrix_does_not_give_it(role):
    """Without a round trip: there is no database to ask."""
    needing = {name: NEEDED[name] for name in COMMANDS if name in NEEDED}
    refused = {name for name in needing if is_refused(command(name), MATRIX[role])}
    assert refused == {name for name, any_of in needing.items() if not any_of & MATRIX[role]}


def test_that_where_nothing_is_known_the_database_alone_decides():
    transaction = Transaction(None)
    transaction.require_any(frozenset({"bed.state"}))
    transaction._actor = Actor("a token")
    transaction.require_any(frozenset({"bed.state"}))


def test_that_who_goes_past_the_program_is_refused_by_the_database(
    database, hospital, intruder, admin
):
    """[B08] The same command by who may not: first asked for in words, then sent all the same."""
    token = intruder.token(PEOPLE["auditor"])
    [bed] = admin.execute("SELECT id FROM room.beds LIMIT 1").fetchone()
    state = BedState(id=new_id(), bed_id=bed, occurred_at=ago(0))
    known = Actor(token, frozenset(MATRIX["auditor"]))
    with pytest.raises(NotPermittedError, match="Your role") as courteous:
        database.run(known, set_readiness, state, Readiness.DIRTY)
    assert courteous.value.__cause__ is None
    with pytest.raises(NotPermittedError) as refused:
        database.run(Actor(token), set_readiness, state, Readiness.DIRTY)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_that_who_signs_in_acts_with_the_permissions_that_were_told(station_settings):
    door = FrontDoor(lambda: Access(station_settings("ws_alpha"), STATION_PASSWORD))
    entry = door.enter("nora", world.PASSWORD)
    door.close()
    assert entry.actor.permissions == entry.signed_in.permissions
    assert "observation.record" in entry.actor.permissions
    assert "observation" not in repr(entry.actor)
