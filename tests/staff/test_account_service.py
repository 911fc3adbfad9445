"""Making an account that is sent twice, and one with nothing given yet."""

from __future__ import annotations

import pytest

from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.staff.account_service import change_role, create_account
from ward_app.staff.account_types import NewAccount
from ward_app.staff.queries import account_history, accounts


@pytest.fixture
def ada(signed_in):
    """The administrator, who acts."""
    return Actor(signed_in("ada").token)


def outcome(database, login, password):
    answer = "SELECT auth.sign_in_v2(%s, %s) ->> 'outcome'"
    return database.run(None, lambda tx: tx.value(answer, (login, password)))


def test_that_an_account_is_made_with_nothing_given_yet(database, ada):
    new = NewAccount(id=new_id(), login="eve", name="Eve Evening")
    database.run(ada, create_account, new, "new here")
    [eve] = [one for one in database.run(ada, accounts) if one.login == "eve"]
    assert (eve.user_id, eve.roles, eve.wards, eve.profession) == (new.id, (), (), None)


def test_that_an_account_sent_twice_is_one_account_with_the_password_told_last(database, ada):
    new = NewAccount(id=new_id(), login="eve", name="Eve Evening", role="nurse", ward="east")
    first, second = (database.run(ada, create_account, new, "new here") for _ in range(2))
    assert outcome(database, "eve", first) == "refused"
    assert outcome(database, "eve", second) == "must_change_password"
    actions = [event.action for event in database.run(ada, account_history, new.id).events]
    assert sorted(actions) == ["created", "password_reset", "role_given", "ward_given"]


def test_that_a_user_name_is_given_once(database, ada):
    with pytest.raises(RuleBrokenError, match="The user name nora is taken"):
        database.run(ada, create_account, NewAccount(id=new_id(), login="Nora", name="N"), "x")


def test_that_it_is_told_no_password_of_an_administrator_that_is_made_again(
    database, ada, signed_in
):
    """[A04] Whoever knows the id of a new account gets no further by it."""
    new = NewAccount(id=new_id(), login="eve", name="Eve Evening")
    database.run(ada, create_account, new, "second administrator")
    database.run(ada, change_role, new.id, "second administrator", "administrator", given=True)
    ivan = Actor(signed_in("ivan").token)
    with pytest.raises(NotPermittedError):
        database.run(ivan, create_account, new, "x")
