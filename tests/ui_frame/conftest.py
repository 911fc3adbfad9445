import pytest

from tests.ui_frame.builders import Clock, HeldDatabase, a_context, a_work
from ui import theme


@pytest.fixture
def look(qapp):
    theme.apply(qapp, theme.Scheme.LIGHT)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def held():
    return HeldDatabase()


@pytest.fixture
def lane(qapp, held):
    work = a_work(held)
    yield work
    held.let_go()
    work.close()


@pytest.fixture
def surroundings(look, lane, clock):
    return a_context(lane, clock)
