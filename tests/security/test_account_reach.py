"""Whose accounts a session may change: a ward manager, IT, and whoever sends their own SQL."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.security.intruder import REFUSED
from tests.security.test_accounts import CHANGE, NEW, SIGN_IN, STEPS, enter
from ward_app.core.ids import new_id

IDS = {name: world.id_of(name) for name in (
    "nora", "wes", "both", "hal", "dora", "col", "wall", "ivan", "ada", "audrey", "mona", "olga",
)}  # fmt: skip
RESET = "SELECT auth.reset_password(%s, 'forgot it')"
UNLOCK = "SELECT auth.unlock_account(%s, 'mistyped')"
GIVE_WARD = "SELECT auth.give_ward(%s, %s, 'helps out')"
TAKE_WARD = "SELECT auth.take_ward(%s, %s, 'moved on')"
ACCOUNTS = "SELECT login, may_manage, may_reset, may_assign FROM auth.accounts()"
EVENTS = "SELECT action, reason FROM public.account_events WHERE user_id = %s"
# staff of ward east alone, with no right that a ward manager lacks
HERS = {"nora", "hal", "dora", "wall"}


@pytest.fixture
def mona(hospital, intruder):
    """Token of the manager of ward east."""
    return intruder.token("mona")


@pytest.fixture
def ivan(hospital, intruder):
    """Token of IT."""
    return intruder.token("ivan")


def allowed(intruder, token, statement, *values):
    """Return the logins on whom a step is not refused; nothing of it is kept."""
    done, refusals = set(), set()
    with intruder.connection(token) as connection:
        for name, user_id in IDS.items():
            connection.execute("SAVEPOINT before")
            try:
                connection.execute(statement, (user_id, *values))
            except psycopg.DatabaseError as error:
                refusals.add(error.sqlstate)
            else:
                done.add(name)
            connection.execute("ROLLBACK TO before")
    assert refusals <= {REFUSED, "WA001"}
    return done


def locked(intruder, login="nora"):
    for _ in range(6):
        enter(intruder, login, "a guess of mine")
    assert enter(intruder, login, world.PASSWORD)["outcome"] == "locked"


def test_that_a_ward_manager_helps_the_staff_of_her_ward_alone(intruder, mona):
    """[A04] Nobody of two wards: a one-time password opens everything its owner sees."""
    for step in (RESET, UNLOCK):
        assert allowed(intruder, mona, step) == HERS


def test_that_a_ward_manager_assigns_wards_of_her_own_to_staff_of_hers(intruder, mona):
    both_wards = {"both", "col"}
    for step in (GIVE_WARD, TAKE_WARD):
        assert allowed(intruder, mona, step, "east") == HERS | both_wards
        for foreign in ("west", "north"):
            assert allowed(intruder, mona, step, foreign) == set()


@pytest.mark.parametrize("step", ["disable", "enable", "expire", "end", "give role", "take role"])
def test_that_a_ward_manager_does_nothing_else_to_accounts(intruder, mona, step):
    for user_id in IDS.values():
        assert intruder.state(STEPS[step], {"who": user_id}, token=mona) == REFUSED
    create = "SELECT auth.create_account(public.gen_random_uuid(), '{}', 'why')"
    assert intruder.state(create, token=mona) == REFUSED


@pytest.mark.parametrize("wider", ["administrator", "it", "auditor", "ward_manager"])
def test_that_a_ward_manager_never_helps_somebody_with_wider_rights(intruder, mona, admin, wider):
    """Not a peer either, nor anybody with a right she lacks by a role made here."""
    admin.execute("DELETE FROM public.user_roles WHERE user_id = %s", (IDS["nora"],))
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles WHERE name = %s",
        (IDS["nora"], wider),
    )
    assert allowed(intruder, mona, RESET) == HERS - {"nora"}
    assert "nora" not in allowed(intruder, mona, GIVE_WARD, "east")


def test_that_a_right_that_the_manager_lost_counts_as_wider(intruder, mona, admin):
    admin.execute(
        "DELETE FROM public.role_permissions rp USING public.roles r, public.permissions p"
        " WHERE rp.role_id = r.id AND rp.permission_id = p.id AND r.name = 'ward_manager'"
        " AND p.name = 'note.correct'"
    )
    assert allowed(intruder, mona, RESET) == {"hal", "wall"}


def test_that_a_ward_manager_without_the_ward_helps_nobody(intruder, mona, admin):
    admin.execute(TAKE_WARD, (IDS["mona"], "east"))
    assert allowed(intruder, mona, RESET) == set()
    assert [row[0] for row in intruder.rows(ACCOUNTS, token=mona)] == ["mona"]


def test_that_it_manages_whom_its_role_may_make(intruder, ivan):
    """[A04] Never an administrator, an auditor, or IT itself."""
    clinical = set(IDS) - {"ivan", "ada", "audrey", "olga"}
    assert allowed(intruder, ivan, RESET) == clinical
    for step in ("disable", "expire", "end", "give ward"):
        with_names = STEPS[step].replace("%(who)s", "%s")
        assert allowed(intruder, ivan, with_names) == clinical, step
    for role in ("administrator", "it", "auditor"):
        give = f"SELECT auth.give_role(%s, '{role}', 'why')"
        assert allowed(intruder, ivan, give) == set()


def test_that_it_does_not_stand_in_for_the_last_administrator(hospital, intruder, admin):
    """[A04] IT makes no administrators, so the last one stays beside it."""
    assert admin.execute("SELECT auth.administrators(%s)", (world.id_of("main"),)).fetchone() == (
        [IDS["ada"]],
    )


@pytest.mark.parametrize("login", ["ada", "ivan"])
def test_that_the_list_says_what_the_database_allows(hospital, intruder, login):
    token = intruder.token(login)
    listed = {row[0]: row[1:] for row in intruder.rows(ACCOUNTS, token=token)}
    assert set(listed) == set(IDS) - {"olga"}
    assert {name for name, may in listed.items() if may[0]} == allowed(
        intruder, token, STEPS["disable"].replace("%(who)s", "%s")
    )


def test_that_a_ward_manager_sees_who_shares_her_ward(intruder, mona):
    listed = {row[0]: row[1:] for row in intruder.rows(ACCOUNTS, token=mona)}
    assert set(listed) == HERS | {"both", "col", "audrey", "mona"}
    assert {name for name, may in listed.items() if may[1]} == allowed(intruder, mona, RESET)
    assert {name for name, may in listed.items() if may[2]} == allowed(
        intruder, mona, GIVE_WARD, "east"
    )
    assert not any(may[0] for may in listed.values())


def test_that_a_lock_is_ended_and_on_record(hospital, intruder, mona):
    """[U02]"""
    locked(intruder)
    locked_until = "SELECT locked_until FROM auth.accounts() WHERE login = 'nora'"
    assert intruder.value(locked_until, token=mona) is not None
    intruder.rows(UNLOCK, (IDS["nora"],), token=mona)
    assert intruder.value(locked_until, token=mona) is None
    assert intruder.rows(EVENTS, (IDS["nora"],), token=mona) == [("unlocked", "mistyped")]
    assert enter(intruder, "nora", world.PASSWORD)["outcome"] == "signed_in"
    # one end of a lock is good for one lock
    locked(intruder)


@pytest.mark.parametrize("step", [UNLOCK, RESET])
def test_that_a_lock_that_was_ended_and_undone_stays(hospital, intruder, mona, step):
    """A counter keeps what it is set to through a ROLLBACK: guesses would go on unrecorded."""
    locked(intruder)
    with intruder.connection(mona) as connection:
        connection.execute(step, (IDS["nora"],))
        told = connection.execute(SIGN_IN, ("nora", "a guess of mine")).fetchone()[0]
        assert told["outcome"] == "locked"
        connection.execute("ROLLBACK")
    assert enter(intruder, "nora", world.PASSWORD)["outcome"] == "locked"


def test_that_a_password_that_runs_out_ends_what_runs(hospital, intruder, at_beta):
    """[A05] Also a session that began in that very moment, which nobody could end."""
    token = at_beta.token("nora")
    ada = intruder.token("ada")
    intruder.rows(STEPS["expire"], {"who": IDS["nora"]}, token=ada)
    for place, each in ((intruder, hospital.nora), (at_beta, token)):
        assert place.value("SELECT auth.prove(%s)", (each,)) is None
        assert place.state(CHANGE, (world.PASSWORD, NEW), token=each) == "WA401"
    answer = enter(intruder, "nora", world.PASSWORD)
    assert answer["outcome"] == "must_change_password"
    assert intruder.value(CHANGE, (world.PASSWORD, NEW), token=answer["token"]) == "changed"
    assert enter(intruder, "nora", NEW)["outcome"] == "signed_in"


def test_that_a_session_nobody_ended_is_of_no_use_while_a_password_is_due(
    hospital, intruder, admin
):
    admin.execute("UPDATE public.users SET must_change_password = true WHERE login = 'nora'")
    assert intruder.value("SELECT auth.prove(%s)", (hospital.nora,)) is None
    assert intruder.value("SELECT count(*) FROM patient.patients", token=hospital.nora) == 0


def test_that_one_reads_ones_own_history_and_that_of_accounts_in_reach(
    hospital, intruder, at_beta, admin, mona, ivan
):
    """[U02]"""
    people = ("nora", "wes", "both", "ada", "mona")
    for name in people:
        admin.execute("SELECT auth.expire_password(%s, %s)", (IDS[name], f"of {name}"))
    admin.execute("UPDATE public.users SET must_change_password = false")
    reasons = "SELECT reason FROM public.account_events"

    def read(place, token):
        return {reason.removeprefix("of ") for (reason,) in place.rows(reasons, token=token)}

    fresh = {name: intruder.token(name) for name in ("nora", "mona", "ivan", "ada")}
    assert read(intruder, fresh["nora"]) == {"nora"}
    assert read(intruder, fresh["mona"]) == {"nora", "both", "mona"}
    assert read(intruder, fresh["ivan"]) == {"nora", "wes", "both", "mona"}
    assert read(intruder, fresh["ada"]) == set(people)
    assert read(intruder, None) == set()
    assert read(at_beta, fresh["ada"]) == set()


def test_that_one_sees_ones_own_sign_ins_good_and_bad(hospital, intruder, at_beta, mona):
    """[U03]"""
    sign_ins = "SELECT action, workstation, succeeded, reason FROM auth.sign_ins(%s)"
    at_beta.sign_in("nora", "a guess of mine")
    token = intruder.token("nora")
    [mine, guess, *_] = intruder.rows(sign_ins, (IDS["nora"],), token=token)
    assert mine == ("LOGIN", "ws_alpha", True, None)
    assert guess == ("LOGIN", "ws_beta", False, "wrong password")
    assert len(intruder.rows(sign_ins, (IDS["nora"],), token=mona)) > 1
    for other in ("wes", "mona", "ada", "olga"):
        assert intruder.state(sign_ins, (IDS[other],), token=token) == REFUSED
    assert intruder.state(sign_ins, (IDS["wes"],), token=mona) == REFUSED
    assert intruder.state(sign_ins, (new_id(),), token=mona) == REFUSED
    assert intruder.state(sign_ins, (None,), token=mona) == REFUSED


def test_that_no_more_than_fifty_sign_ins_are_shown(hospital, intruder, admin):
    admin.execute(
        "INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded)"
        " SELECT 'LOGIN', 'nora', %s, 'ws_alpha', true FROM generate_series(1, 60)",
        (IDS["nora"],),
    )
    shown = "SELECT count(*) FROM auth.sign_ins(%s)"
    assert intruder.value(shown, (IDS["nora"],), token=hospital.nora) == 50


def test_that_roles_are_told_in_words_to_who_may_see_accounts(hospital, intruder, mona, ivan):
    """[T02]"""
    catalogue = "SELECT name, permissions, gives, may_give FROM auth.role_catalogue()"
    assert intruder.state(catalogue, token=hospital.nora) == REFUSED
    told = {row[0]: row[1:] for row in intruder.rows(catalogue, token=ivan)}
    may = ["Review charts that were opened with a reason", "Read the audit trail"]
    assert told["auditor"] == (may, [], False)
    assert told["nurse"][2] is True
    assert "Administrator" not in told["it"][1]
    assert "Administrator" in told["administrator"][1]
    assert not any(row[3] for row in intruder.rows(catalogue, token=mona))
