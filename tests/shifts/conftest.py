"""People of the shift: Bo leads it and works on both wards, Wes on the other one alone."""

import pytest

from ward_app.core.database import Actor


@pytest.fixture
def person(signed_in):
    """Return the one who acts, by login, signed in beside Nora."""
    return lambda login: Actor(signed_in(login).token)


@pytest.fixture
def lead(person):
    return person("both")
