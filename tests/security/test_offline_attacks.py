"""What is charted without the database is its author's, of that workstation, as it was typed."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime

import pytest
from psycopg.types.json import Jsonb

from tests import world
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

REPLAY = "SELECT verdict, problem FROM report.replay(%s, %s)"
NOTES = "SELECT recorded_by, body FROM report.nursing_notes ORDER BY recorded_at"


@pytest.fixture
def nora(intruder):
    """Nora's sign-in at workstation alpha, with her offline key."""
    return intruder.sign_in("nora")


def a_body(who, stay, **changes):
    """Return a note as it is kept at a workstation, as text."""
    now = datetime.now(UTC).isoformat()
    number = str(new_id())
    row = {
        "id": number, "admission_id": str(stay), "kind": "progress", "title": "Progress",
        "sections": [{"heading": "", "text": "Slept."}], "occurred_at": now,
    } | changes.pop("row", {})  # fmt: skip
    facts = {
        "id": number, "session": who["session_id"], "station": "ws_alpha",
        "author": who["user_id"], "kind": "note", "admission": str(stay), "occurred_at": now,
        "entered_at": now, "row": row,
    } | changes  # fmt: skip
    return json.dumps(facts)


def an_item(who, body, key=None):
    """Return an entry as it is sent, proven with the key of that sign-in or another one."""
    key = bytes.fromhex(who["offline_key"]) if key is None else key
    return {"body": body, "mac": hmac.digest(key, body.encode(), "sha256").hex()}


def replayed(at, who, *items, token=None):
    """Return the verdicts on entries that are sent for a sign-in."""
    rows = at.rows(REPLAY, (who["session_id"], Jsonb(list(items))), token=token)
    return [verdict for verdict, _problem in rows]


def stored(admin):
    return admin.execute(NOTES).fetchall()


def test_that_an_entry_with_its_key_is_taken_once(hospital, intruder, nora, admin):
    """The counter-test: what the attacks vary does arrive."""
    item = an_item(nora, a_body(nora, hospital.mine))
    assert replayed(intruder, nora, item) == ["accepted"]
    assert replayed(intruder, nora, item, item) == ["already_there"] * 2
    assert stored(admin) == [(world.id_of("nora"), "Slept.")]


def test_that_a_changed_value_is_refused(hospital, intruder, nora, admin):
    item = an_item(nora, a_body(nora, hospital.mine))
    for changed in (
        item | {"body": item["body"].replace("Slept", "Wept!")},
        item | {"mac": item["mac"][::-1]},
        item | {"mac": None},
        item | {"mac": "x"},
        {"body": item["body"]},
        {"mac": item["mac"]},
        {},
        [],
        None,
    ):
        assert replayed(intruder, nora, changed) == ["refused"], changed
    assert stored(admin) == []


def test_that_a_key_of_somebody_else_is_refused(hospital, intruder, nora, admin):
    hal = intruder.sign_in("hal")
    body = a_body(nora, hospital.mine)
    keys = [bytes.fromhex(hal["offline_key"]), b"", bytes(32), nora["token"].encode()]
    for key in keys:
        assert replayed(intruder, nora, an_item(nora, body, key)) == ["refused"]
    assert stored(admin) == []


def test_that_who_signs_is_the_sign_in_whatever_the_entry_claims(hospital, intruder, nora, admin):
    """A colleague who writes another name into an entry signs it with their own."""
    hal = intruder.sign_in("hal")
    claimed = a_body(hal, hospital.mine, author=nora["user_id"], session=nora["session_id"])
    assert replayed(intruder, hal, an_item(hal, claimed)) == ["accepted"]
    assert [by for by, _ in stored(admin)] == [world.id_of("hal")]


def test_that_another_workstation_cannot_replay_it(hospital, intruder, at_beta, nora, admin):
    item = an_item(nora, a_body(nora, hospital.mine))
    assert replayed(at_beta, nora, item) == ["refused"]
    assert replayed(at_beta, nora, item, token=hospital.wes) == ["refused"]
    assert stored(admin) == []
    assert replayed(intruder, nora, item) == ["accepted"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE public.workstations SET revoked_at = now() WHERE role_name = 'ws_alpha'",
        "UPDATE public.workstations SET enrolled_at = clock_timestamp()",
        "UPDATE public.sessions SET only_to_change = true",
    ],
)
def test_that_a_sign_in_that_is_worth_nothing_proves_nothing(
    hospital, intruder, nora, admin, change
):
    item = an_item(nora, a_body(nora, hospital.mine))
    admin.execute(change)
    assert replayed(intruder, nora, item) == ["refused"]
    assert stored(admin) == []


def test_that_a_sign_in_that_is_undone_proves_nothing(hospital, intruder, admin):
    with intruder.connection() as connection:
        who = connection.execute(
            "SELECT auth.sign_in_v2('nora', %s)", (world.PASSWORD,)
        ).fetchone()[0]
        item = an_item(who, a_body(who, hospital.mine))
        verdict = connection.execute(REPLAY, (who["session_id"], Jsonb([item]))).fetchone()
        assert verdict == ("refused", None)
        connection.rollback()
    assert replayed(intruder, who, item) == ["refused"]


def test_that_the_session_that_stores_is_no_sign_in(hospital, intruder, nora, admin):
    """It is over at once, proves nothing itself, and counts as no password for badge and PIN."""
    item = an_item(nora, a_body(nora, hospital.mine))
    admin.execute("UPDATE public.sessions SET created_at = created_at - interval '13 hours'")
    admin.execute("UPDATE public.workstations SET enrolled_at = enrolled_at - interval '9 days'")
    admin.execute("UPDATE public.facilities SET pin_hours = 12")
    assert replayed(intruder, nora, item) == ["accepted"]
    assert admin.execute(
        "SELECT auth.password_is_recent(%s)", (world.id_of("nora"),)
    ).fetchone() == (False,)
    [(acting, ended)] = admin.execute(
        "SELECT id, ended_at IS NOT NULL FROM public.sessions WHERE acts_for_id IS NOT NULL"
    )
    assert ended
    other = nora | {"session_id": str(acting)}
    assert replayed(intruder, other, an_item(nora, a_body(nora, hospital.mine))) == ["refused"]


def test_that_a_patient_out_of_reach_gets_nothing_into_the_chart(hospital, intruder, nora, admin):
    """A patched client that charts for another ward, hospital, a discharged stay, or nobody."""
    stays = (hospital.theirs, hospital.strangers_stay, hospital.gone_stay, new_id())
    items = [an_item(nora, a_body(nora, stay)) for stay in stays]
    assert replayed(intruder, nora, *items) == ["needs_a_person"] * 4
    assert stored(admin) == []


def test_that_no_column_is_filled_that_a_workstation_may_not_fill(hospital, intruder, nora, admin):
    forged = (
        {"recorded_by": str(world.id_of("dora"))},
        {"recorded_at": "2020-01-01T00:00:00Z"},
        {"signed_as": "Dr Mensah"},
        {"ward_id": str(world.id_of("west"))},
        {"body": "x"},
        {'id, "x': "x"},
    )
    items = [an_item(nora, a_body(nora, hospital.mine, row=row)) for row in forged]
    assert replayed(intruder, nora, *items) == ["needs_a_person"] * len(forged)
    assert stored(admin) == []


@pytest.mark.parametrize(
    "contradiction",
    [
        {"id": str(new_id())},
        {"admission": None},
        {"occurred_at": "2026-01-01T00:00:00Z"},
        {"kind": "observations"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_that_an_entry_that_contradicts_itself_is_not_stored(
    hospital, intruder, nora, admin, contradiction
):
    item = an_item(nora, a_body(nora, hospital.mine, **contradiction))
    assert replayed(intruder, nora, item) == ["needs_a_person"]
    assert stored(admin) == []


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "not json", '{"kind": "note"}', '{"id": "x"}', "1"],
)
def test_that_a_proven_text_that_is_no_entry_is_refused(hospital, intruder, nora, admin, text):
    assert replayed(intruder, nora, an_item(nora, text)) == ["refused"]
    for kind, at in (("order", None), ("note", "infinity")):
        body = a_body(nora, hospital.mine, kind=kind, **({"entered_at": at} if at else {}))
        assert replayed(intruder, nora, an_item(nora, body)) == ["refused"]
    assert stored(admin) == []


def test_that_one_bad_entry_keeps_no_other_back(hospital, intruder, nora, admin):
    good = an_item(nora, a_body(nora, hospital.mine))
    bad = an_item(nora, a_body(nora, hospital.mine, row={"kind": "no such kind"}))
    assert replayed(intruder, nora, bad, good) == ["needs_a_person", "accepted"]


@pytest.mark.parametrize("items", ["[]", "{}", "null", "1", json.dumps([{}] * 101)])
def test_that_a_replay_takes_one_to_a_hundred(hospital, intruder, nora, items):
    assert intruder.state(REPLAY, (nora["session_id"], items)) == "22023"
    assert intruder.state(REPLAY, (None, "[{}]")) == "22023"


def test_that_the_key_follows_from_nothing_a_workstation_knows(hospital, intruder, nora):
    for attack in (
        "SELECT offline_key FROM public.installation",
        "SELECT auth.offline_key(%(id)s)",
        "SELECT auth.begin_acting_for(NULL)",
        "SELECT auth.end_acting(NULL)",
        "SELECT auth.charting_session(%(id)s)",
        "SELECT report.take_offline(NULL, NULL)",
        "SELECT report.store_offline('report.vital_signs', '{}')",
        "SELECT body FROM report.offline_entries",
        "SELECT mac FROM report.offline_entries",
        "INSERT INTO report.offline_entries (id) VALUES (%(id)s)",
        "INSERT INTO report.offline_settlements (id) VALUES (%(id)s)",
        "SELECT * FROM report.offline_replays",
    ):
        state = intruder.state(attack, {"id": nora["session_id"]}, token=hospital.nora)
        assert state == REFUSED, attack
    again = intruder.sign_in("nora")
    assert again["offline_key"] != nora["offline_key"]


def test_that_no_log_of_changes_keeps_the_key_or_what_was_charted(hospital, intruder, nora, admin):
    replayed(intruder, nora, an_item(nora, a_body(nora, hospital.mine)))
    admin.execute("UPDATE public.installation SET environment = environment")
    logged = "\n".join(
        text for (text,) in admin.execute(
            "SELECT l::text FROM audit.change_logs l"
            " WHERE table_name IN ('installation', 'offline_entries', 'sessions')"
        )
    )  # fmt: skip
    assert "offline_entries" in logged
    [master] = admin.execute(
        "SELECT encode(offline_key, 'hex') FROM public.installation"
    ).fetchone()
    for secret in (nora["offline_key"], master, "Slept"):
        assert secret not in logged


def test_that_another_hospital_reads_nothing_of_the_queue(
    hospital, intruder, at_other, nora, admin
):
    body = a_body(nora, hospital.mine, row={"kind": "no such kind"})
    assert replayed(intruder, nora, an_item(nora, body)) == ["needs_a_person"]
    seen = "SELECT count(*) FROM report.offline_entries"
    assert intruder.value(seen, token=hospital.nora) == 1
    assert at_other.value(seen, token=hospital.olga) == 0
    [entry] = admin.execute("SELECT id FROM report.offline_entries").fetchone()
    content = "SELECT report.offline_content(%s)"
    assert at_other.value(content, (entry,), token=hospital.olga) is None
    settle = "SELECT report.settle_offline(%s, %s, 'set_aside', 'x')"
    assert at_other.state(settle, (new_id(), entry), token=hospital.olga) == "WA001"
