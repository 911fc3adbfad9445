"""The database holds the same kinds as the files, and comes to the same score."""

from __future__ import annotations

import itertools
import json

import psycopg
import pytest

from tests.devices.builders import put_in, take_out
from tests.patience import PATIENCE_S
from tests.steps import admit, ago, open_first
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.devices.pack import PACK_FILE, device_pack
from ward_app.devices.rules import site_score


def test_that_the_database_knows_the_shipped_kinds(admin):
    (row,) = admin.execute("SELECT version, hash, schemes, kinds FROM report.device_packs")
    data = json.loads(PACK_FILE.read_text())
    pack = device_pack()
    assert row == (pack.version, pack.hash, data["schemes"], data["kinds"])


def test_that_every_kind_has_an_interval_that_says_it_is_to_be_confirmed(admin):
    rows = admin.execute("SELECT kind, source, stay_hours FROM report.device_settings").fetchall()
    assert {row[0] for row in rows} == {kind.name for kind in device_pack().kinds}
    assert all("confirmed" in row[1] and row[2] is None for row in rows)


@pytest.mark.parametrize("scheme", ["vip", "look"])
def test_that_program_and_database_come_to_the_same_for_every_answer(admin, scheme):
    found = next(kind.scheme for kind in device_pack().kinds if kind.scheme.name == scheme)
    names = [sign.name for sign in found.signs]
    answers = [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in itertools.product((True, False, None), repeat=len(names))
    ]
    rows = admin.execute(
        "SELECT report.device_score(s, a, false), report.device_score(s, a, true)"
        " FROM report.device_packs p CROSS JOIN jsonb_array_elements(p.schemes) s"
        " CROSS JOIN jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS t(a, n)"
        " WHERE s ->> 'name' = %s ORDER BY n",
        (json.dumps(answers), scheme),
    ).fetchall()
    expected = [site_score(found, signs) for signs in answers]
    assert [(low if low == high else None, low) for low, high in rows] == expected


def test_that_a_client_may_not_say_the_score(database, nurse):
    stay = admit(database, nurse)
    device = put_in(database, nurse, stay)
    with pytest.raises(Exception, match="role does not allow"):
        database.run(
            nurse,
            lambda tx: tx.execute(
                "INSERT INTO report.device_checks (id, device_id, admission_id, pack_version,"
                " pack_hash, signs, occurred_at, score) VALUES (%s, %s, %s, '1', '', '{}', %s, 0)",
                (new_id(), device, stay, ago(1)),
            ),
        )


@pytest.mark.parametrize(
    "table", ["device_packs", "device_settings", "devices", "device_checks", "device_removals"]
)
def test_that_nothing_is_changed_or_deleted(admin, table):
    for change in (f"DELETE FROM report.{table}", f"UPDATE report.{table} SET id = id"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(change)


def test_that_a_bulk_load_obeys_the_same_order(admin_dsn, database, nurse):
    stay = admit(database, nurse)
    device = put_in(database, nurse, stay)
    take_out(database, nurse, stay, device, occurred_at=ago(60))
    insert = (
        "INSERT INTO report.device_checks (id, device_id, admission_id, pack_version, pack_hash,"
        " signs, occurred_at) VALUES (%s, %s, %s, %s, %s, '{\"pain\": true}', %s)"
    )
    pack = device_pack()
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as loader:
        values = (device, stay, pack.version, pack.hash)
        with pytest.raises(psycopg.Error, match="was out"):
            loader.execute(insert, (new_id(), *values, ago(30)))
        loader.execute(insert, (new_id(), *values, ago(90)))
        with pytest.raises(psycopg.Error, match="removed already"):
            loader.execute(
                "INSERT INTO report.device_removals (id, device_id, admission_id, reason, tip,"
                " removed_by, occurred_at) VALUES (%s, %s, %s, 'due_out', 'intact', 'x', %s)",
                (new_id(), device, stay, ago(1)),
            )
    open_first(database, nurse)


def test_that_a_change_tells_the_ward(database, nurse, admin_dsn):
    stay = admit(database, nurse)
    with psycopg.connect(admin_dsn, autocommit=True) as ear:
        ear.execute("LISTEN ward")
        put_in(database, nurse, stay)
        told = next(ear.notifies(timeout=PATIENCE_S, stop_after=1))
    assert told.payload.endswith(":devices")


def test_that_other_clients_read_the_settings(database, signed_in):
    it = Actor(signed_in("ivan").token)
    count = "SELECT count(*) FROM report.device_settings"
    assert database.run(it, lambda tx: tx.value(count)) == len(device_pack().kinds)
    assert database.run(None, lambda tx: tx.value(count)) == 0
