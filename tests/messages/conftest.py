import pytest

from tests.steps import admit
from ward_app.core.database import Actor


@pytest.fixture
def people(database, signed_in):
    """Everybody who matters here, by login."""
    return {name: Actor(signed_in(name).token) for name in ("nora", "wes", "both", "dora", "hal")}


@pytest.fixture
def stay(database, nurse):
    """Ada Okafor in bed 1."""
    return admit(database, nurse, label="1")
