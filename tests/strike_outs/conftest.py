"""A charge nurse of both wards, and two patients of ward East with a monitor between them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.steps import admit
from tests.strike_outs.builders import measure
from ward_app.core.database import Actor


@pytest.fixture
def charge(signed_in):
    """Bo, charge nurse of East and West."""
    return Actor(signed_in("both").token)


@pytest.fixture
def ward(database, nurse):
    """Okafor and Zulu: each two sets of Nora's own, and one of the monitor that says ill."""
    okafor = admit(database, nurse, "Okafor", "Ada", label="1")
    zulu = admit(database, nurse, "Zulu", "Zoe", label="2")
    own, wrong = [], []
    for stay in (okafor, zulu):
        own += [measure(database, nurse, stay, m, device="manual entry") for m in (50, 40)]
        wrong.append(measure(database, nurse, stay, 10, systolic_bp_mmhg=85, pulse_per_min=135))
    return SimpleNamespace(okafor=okafor, zulu=zulu, own=own, wrong=wrong)
