"""Packs in use, pregnancies and decisions for tests."""

from __future__ import annotations

from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.observations.pack_choice import Pregnancy
from ward_app.observations.pack_service import decide_pack, record_pregnancy
from ward_app.observations.pack_types import NewPackDecision, NewPregnancyRecord
from ward_app.observations.rules import PackStatus
from ward_app.operations.score_packs import NewUse, set_use

SIGNED = "Dr Lindqvist, consultant obstetrician"


def use(admin_dsn, name, status=PackStatus.LIVE, **changes):
    """Set the use of a pack at the main hospital; return its version."""
    facts = {
        "name": name,
        "use": status,
        "reason": "Agreed by the governance group",
        "set_by": "Ivan IT",
        "signed_off_by": SIGNED,
        "facility": "main",
    } | changes
    database = dict(part.split("=", 1) for part in admin_dsn.split())["dbname"]
    return set_use(admin_dsn, NewUse(**facts), database=database)


def a_pregnancy(admission_id, status=Pregnancy.PREGNANT, **changes):
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "status": status,
        "occurred_at": ago(30),
    } | changes
    return NewPregnancyRecord(**facts)


def a_decision(admission_id, pack="news2", **changes):
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "pack": pack,
        "decided_by": "Dr Mensah",
        "reason": "Early pregnancy, agreed with the obstetric team",
        "occurred_at": ago(20),
    } | changes
    return NewPackDecision(**facts)


def pregnant(database, actor, admission_id, status=Pregnancy.PREGNANT, **changes):
    """Record a pregnancy of somebody's stay."""
    database.run(actor, record_pregnancy, a_pregnancy(admission_id, status, **changes))


def decide(database, actor, admission_id, pack="news2", **changes):
    """Record the decision on somebody's score."""
    database.run(actor, decide_pack, a_decision(admission_id, pack, **changes))
