"""Managing accounts and changing passwords, by somebody who would like more than is theirs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests import world
from tests.security.intruder import REFUSED, Intruder
from tests.security.test_without_a_person import readable
from ward_app.core.ids import new_id

NEW = "seven green kettles"
SIGN_IN = "SELECT auth.sign_in_v2(%s, %s)"
CHANGE = "SELECT auth.change_password(%s, %s) ->> 'outcome'"
NORA, ADA, WES, DORA = (world.id_of(name) for name in ("nora", "ada", "wes", "dora"))
# every step of managing an account, on the person given
STEPS = {
    "reset": "SELECT auth.reset_password(%(who)s, 'why')",
    "disable": "SELECT auth.set_account_active(%(who)s, false, 'why')",
    "enable": "SELECT auth.set_account_active(%(who)s, true, 'why')",
    "expire": "SELECT auth.expire_password(%(who)s, 'why')",
    "end": "SELECT auth.set_account_end(%(who)s, now(), 'why')",
    "give role": "SELECT auth.give_role(%(who)s, 'doctor', 'why')",
    "take role": "SELECT auth.take_role(%(who)s, 'nurse', 'why')",
    "give ward": "SELECT auth.give_ward(%(who)s, 'west', 'why')",
    "take ward": "SELECT auth.take_ward(%(who)s, 'east', 'why')",
}
steps = pytest.mark.parametrize("step", STEPS)


@pytest.fixture
def ada(hospital, intruder):
    """Token of the administrator."""
    return intruder.token("ada")


@pytest.fixture
def second(hospital, admin):
    """Another administrator, with a password of her own."""
    user_id = new_id()
    admin.execute(
        "INSERT INTO public.users (id, facility_id, login, display_name, password_hash)"
        " VALUES (%s, %s, 'ann', 'Ann Admin', auth.password_hash(%s, 4))",
        (user_id, world.id_of("main"), world.PASSWORD),
    )
    admin.execute("SELECT auth.give_role(%s, 'administrator', 'second one')", (user_id,))
    return user_id


def given(admin, user_id=NORA):
    """Return a one-time password from IT."""
    return admin.execute("SELECT auth.reset_password(%s, 'forgot it')", (user_id,)).fetchone()[0]


def enter(intruder, login, password):
    return intruder.value(SIGN_IN, (login, password))


@steps
def test_that_only_who_administers_manages_accounts(hospital, intruder, step):
    values = {"who": WES}
    assert intruder.state(STEPS[step], values) == "WA401"
    for login in ("nora", "both", "dora", "audrey", "mona"):
        assert intruder.state(STEPS[step], values, token=intruder.token(login)) == REFUSED
    create = "SELECT auth.create_account(public.gen_random_uuid(), %s, 'why')"
    facts = ('{"login": "eve", "name": "Eve"}',)
    assert intruder.state(create, facts) == "WA401"
    assert intruder.state(create, facts, token=hospital.nora) == REFUSED


@steps
def test_that_nobody_changes_their_own_account(intruder, ada, admin, step):
    """Neither up nor down; and nothing of it is kept."""
    assert intruder.state(STEPS[step], {"who": ADA}, token=ada) == "WA001"
    assert admin.execute("SELECT count(*) FROM public.account_events").fetchone() == (0,)


@steps
def test_that_nobody_manages_accounts_of_another_hospital(intruder, ada, step):
    for stranger in (world.id_of("olga"), new_id()):
        assert intruder.state(STEPS[step], {"who": stranger}, token=ada) == REFUSED


@steps
def test_that_each_step_is_on_record_with_who_and_why(intruder, ada, admin, step):
    """[T02] [U02]"""
    intruder.rows(STEPS[step], {"who": NORA}, token=ada)
    events = "SELECT user_id, recorded_by, reason, database_role FROM public.account_events"
    assert admin.execute(events).fetchall() == [(NORA, ADA, "why", "ws_alpha")]
    silent = STEPS[step].replace("'why'", "' '")
    assert intruder.state(silent, {"who": NORA}, token=ada) == "WA001"


def test_that_an_administrator_gives_only_what_her_role_may_give(intruder, ada, admin):
    admin.execute(
        "DELETE FROM public.role_grants WHERE granted_role_id ="
        " (SELECT id FROM public.roles WHERE name = 'doctor')"
    )
    for call in ("give_role", "take_role"):
        statement = f"SELECT auth.{call}(%s, 'doctor', 'why')"
        assert intruder.state(statement, (NORA,), token=ada) == REFUSED
    assert intruder.state("SELECT auth.give_role(%s, 'queen', 'why')", (NORA,), token=ada) == (
        "WA001"
    )
    intruder.rows("SELECT auth.give_role(%s, 'charge_nurse', 'why')", (NORA,), token=ada)
    assert "Charge nurse" in intruder.sign_in("nora")["role_names"]


def test_that_two_roles_of_one_account_do_not_join_patients_and_accounts(
    hospital, intruder, ada, admin, second
):
    """[A04] An administrator gives herself no patients through a friend."""
    token = intruder.token("ann")
    for role in ("nurse", "wall_display", "bed_coordinator"):
        statement = f"SELECT auth.give_role(%s, '{role}', 'why')"
        assert intruder.state(statement, (ADA,), token=token) == "WA001"
    for role in ("administrator", "it"):
        statement = f"SELECT auth.give_role(%s, '{role}', 'why')"
        assert intruder.state(statement, (NORA,), token=token) == "WA001"


def test_that_an_administrator_sees_no_patient(hospital, intruder, ada, admin):
    """[A04] Also after a ward was given to her."""
    admin.execute("SELECT auth.give_ward(%s, 'east', 'why')", (ADA,))
    shown = readable(intruder, ada)
    for name, text in shown.items():
        for word in ("Okafor", "Pneumonia", "Quagmire"):
            assert word not in text, name
    assert shown["patient.patients"] == shown["report.vital_signs"] == ""


LAST = {
    "disable": "SELECT auth.set_account_active(%s, false, 'why')",
    "end": "SELECT auth.set_account_end(%s, now() + interval '1 year', 'why')",
    "role": "SELECT auth.take_role(%s, 'administrator', 'why')",
}


@pytest.mark.parametrize("step", LAST)
def test_that_the_last_administrator_stays(hospital, admin, intruder, second, step):
    admin.execute(LAST["disable"], (second,))
    with pytest.raises(psycopg.DatabaseError, match="last administrator") as refused:
        admin.execute(LAST[step], (ADA,))
    assert refused.value.sqlstate == "WA001"
    admin.execute("SELECT auth.set_account_active(%s, true, 'why')", (second,))
    admin.execute(LAST[step], (ADA,))


@pytest.mark.parametrize(
    "useless",
    [
        "SELECT auth.set_account_end(%s, now() + interval '1 day', 'why')",
        "SELECT auth.reset_password(%s, 'why')",
    ],
)
def test_that_one_who_may_never_come_does_not_count_as_another(hospital, admin, second, useless):
    admin.execute(useless, (second,))
    with pytest.raises(psycopg.DatabaseError, match="last administrator"):
        admin.execute(LAST["disable"], (ADA,))


def test_that_two_administrators_do_not_shut_each_other_out(
    hospital, station_settings, second, admin
):
    """At the same time, each the other: one of them is refused."""
    steps = [("ada", second), ("ann", ADA)]
    intruders = [Intruder(station_settings("ws_alpha")) for _ in steps]
    tokens = [who.token(login) for who, (login, _) in zip(intruders, steps, strict=True)]

    def disable(number):
        return intruders[number].state(LAST["disable"], (steps[number][1],), token=tokens[number])

    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as pool, intruders[0].connection(tokens[0]) as first:
        first.execute(LAST["disable"], (second,))
        other = pool.submit(disable, 1)
        while not other.done() and not admin.execute(waiting).fetchone()[0]:
            pass
        first.commit()
        assert other.result() == "WA401"
    left = admin.execute("SELECT auth.administrators(%s)", (world.id_of("main"),)).fetchone()[0]
    assert left == [ADA]


def test_that_disabling_ends_every_session_for_good(hospital, intruder, at_beta, admin, ada):
    token = at_beta.token("nora")
    intruder.rows(STEPS["disable"], {"who": NORA}, token=ada)
    intruder.rows(STEPS["enable"], {"who": NORA}, token=ada)
    for place, each in ((intruder, hospital.nora), (at_beta, token)):
        assert place.value("SELECT auth.prove(%s)", (each,)) is None
    assert intruder.sign_in("nora")["outcome"] == "signed_in"


def test_that_a_session_to_choose_a_password_reads_and_does_nothing(hospital, intruder, admin):
    """The database lets it do one thing."""
    answer = enter(intruder, "nora", given(admin))
    assert answer["outcome"] == "must_change_password"
    assert not {"wards", "permissions", "role_names"} & answer.keys()
    token = answer["token"]
    assert intruder.value("SELECT auth.prove(%s)", (token,)) is None
    for call in ("uid()", "facility_id()"):
        assert intruder.value(f"SELECT auth.{call}", token=token) is None
    assert intruder.value("SELECT auth.ward_ids()", token=token) == []
    shown = readable(intruder, token)
    assert shown["patient.patients"] == shown["room.wards"] == shown["public.facilities"] == ""
    open_chart = "SELECT auth.open_chart(%s, 'ward', NULL)"
    assert intruder.state(open_chart, (hospital.my_patient,), token=token) == "WA401"
    for step in STEPS.values():
        assert intruder.state(step, {"who": WES}, token=token) == "WA401"


def test_that_a_change_that_is_undone_opens_nothing(hospital, intruder, admin):
    """Neither before the ROLLBACK nor after it, in a savepoint neither."""
    password = given(admin)
    token = enter(intruder, "nora", password)["token"]
    patients = "SELECT count(*) FROM patient.patients"
    with intruder.connection(token) as connection:
        connection.execute("SAVEPOINT before")
        assert connection.execute(CHANGE, (password, NEW)).fetchone() == ("changed",)
        assert connection.execute(patients).fetchone() == (0,)
        again = connection.execute(SIGN_IN, ("nora", NEW)).fetchone()[0]
        assert again["outcome"] == "signed_in"
        connection.execute("SELECT auth.prove(%s)", (again["token"],))
        assert connection.execute(patients).fetchone() == (0,)
        connection.execute("ROLLBACK TO before")
        assert connection.execute(patients).fetchone() == (0,)
        connection.execute("ROLLBACK")
    assert enter(intruder, "nora", NEW)["outcome"] == "refused"
    assert intruder.value("SELECT auth.prove(%s)", (token,)) is None
    assert enter(intruder, "nora", password)["outcome"] == "must_change_password"


def test_that_a_used_one_time_password_is_used_up(hospital, intruder, admin):
    password = given(admin)
    first, second = (enter(intruder, "nora", password)["token"] for _ in range(2))
    assert intruder.value(CHANGE, (password, NEW), token=first) == "changed"
    assert enter(intruder, "nora", password) == {"outcome": "refused"}
    # sessions that were begun with it are over, whichever was used
    for token in (first, second):
        assert intruder.state(CHANGE, (NEW, "nine blue saucepans"), token=token) == "WA401"
    assert enter(intruder, "nora", NEW)["outcome"] == "signed_in"


def test_that_a_one_time_password_is_kept_nowhere(hospital, intruder, admin):
    """Each is another one; only its hash is stored, at full cost."""
    passwords = {given(admin) for _ in range(2)}
    assert len(passwords) == 2
    assert all(len(each) == 19 and each.count("-") == 3 for each in passwords)
    kept = "".join(
        str(admin.execute(f"SELECT t::text FROM {table} t").fetchall())
        for table in ("public.users", "public.account_events", "audit.change_logs",
                      "audit.login_history", "public.sessions")
    )  # fmt: skip
    assert not any(each in kept for each in passwords)
    stored = admin.execute("SELECT password_hash FROM public.users WHERE login = 'nora'")
    assert stored.fetchone()[0].startswith("$2a$12$")


def test_that_a_change_is_of_whose_session_it_is(hospital, intruder, at_beta, admin):
    """No name is asked for, so none can be forged; nor does a token count elsewhere."""
    password = given(admin)
    token = enter(intruder, "nora", password)["token"]
    assert at_beta.state(CHANGE, (password, NEW), token=token) == "WA401"
    assert at_beta.value(CHANGE, (password, NEW), token=hospital.wes) == "wrong_old_password"
    assert intruder.state(CHANGE, (password, NEW)) == "WA401"
    for attack in (
        "UPDATE public.users SET must_change_password = false",
        "UPDATE public.sessions SET only_to_change = false",
        "UPDATE public.users SET valid_until = NULL",
        "DELETE FROM public.common_passwords",
        "INSERT INTO public.role_grants SELECT id, id FROM public.roles",
        f"SELECT auth.give_one_time_password('{NORA}')",
        f"SELECT auth.begin_session('{NORA}', false)",
        f"SELECT auth.end_sessions('{WES}', 'x')",
    ):
        for proof in (token, hospital.nora):
            intruder.assert_refused(attack, token=proof)


def test_that_guesses_of_the_old_password_count_though_undone(hospital, intruder):
    with intruder.connection(hospital.nora) as connection:
        for _ in range(5):
            connection.execute("SAVEPOINT before")
            told = connection.execute(CHANGE, ("a guess of mine", NEW)).fetchone()
            assert told == ("wrong_old_password",)
            connection.execute("ROLLBACK TO before")
        connection.execute("ROLLBACK")
    assert intruder.value(CHANGE, (world.PASSWORD, NEW), token=hospital.nora) == "locked"
    assert intruder.sign_in("nora")["outcome"] == "locked"


def test_that_failures_that_were_undone_are_told_all_the_same(hospital, intruder):
    """[U03]"""
    intruder.sign_in("nora")
    for _ in range(3):
        with intruder.connection() as connection:
            connection.execute(SIGN_IN, ("nora", "a guess of mine"))
            connection.execute("ROLLBACK")
    assert enter(intruder, "nora", world.PASSWORD)["failures_since"] == 3


def test_that_an_account_that_ends_is_shut_out_at_once(hospital, intruder, admin, ada):
    intruder.rows(STEPS["end"], {"who": NORA}, token=ada)
    assert intruder.value("SELECT auth.prove(%s)", (hospital.nora,)) is None
    assert intruder.sign_in("nora") == {"outcome": "refused"}


def test_that_an_older_program_is_told_that_it_is_too_old(hospital, intruder, admin):
    """It shows a sentence of the database as it stands, and would not know what to do."""
    password = given(admin)
    with pytest.raises(psycopg.DatabaseError, match="too old for that") as refused:
        intruder.sign_in("nora", password)
    assert refused.value.sqlstate == "WA001"
    assert intruder.sign_in("dora")["outcome"] == "signed_in"


def test_that_an_account_that_an_administrator_makes_works(hospital, intruder, ada):
    """[T10] From nothing to the patients of the ward."""
    user_id = new_id()
    create = "SELECT auth.create_account(%s, %s, 'agency nurse')"
    facts = '{"login": "Eve", "name": "Eve Evening", "profession": "Nurse", "facility": "other"}'
    password = intruder.value(create, (user_id, facts), token=ada)
    for call, what in (("give_role", "nurse"), ("give_ward", "east")):
        intruder.rows(f"SELECT auth.{call}(%s, %s, 'agency nurse')", (user_id, what), token=ada)
    token = enter(intruder, "eve", password)["token"]
    assert intruder.value(CHANGE, (password, "Eve.Evening.1"), token=token) == "weak"
    assert intruder.value(CHANGE, (password, NEW), token=token) == "changed"
    answer = enter(intruder, "eve", NEW)
    assert answer["facility_name"] == "Main Hospital"  # the administrator's own, whatever she says
    seen = intruder.rows("SELECT family_name FROM patient.patients", token=answer["token"])
    assert seen == [("Okafor",)]
    assert intruder.state(create, (new_id(), facts), token=ada) == "WA001"
