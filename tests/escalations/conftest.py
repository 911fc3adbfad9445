import pytest

from tests import world
from tests.escalations.builders import EMERGENCY, open_now, record
from tests.steps import admit


@pytest.fixture
def stay(database, nurse):
    """A patient in bed 1 of East with NEWS2 8, so that the registrar is called."""
    admission = admit(database, nurse, "Okafor", "Ada")
    record(database, nurse, admission, EMERGENCY)
    return admission


@pytest.fixture
def item(database, nurse, stay):
    """The escalation that her set opened."""
    [found] = open_now(database, nurse, world.id_of("east"))
    return found
