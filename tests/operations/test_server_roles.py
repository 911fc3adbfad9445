"""`wardctl roles list`: who may what on the server, without a secret."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg


def test_that_our_roles_and_their_members_are_listed_without_secrets(wardctl, dsn):
    """A superuser of another name too; a role that has nothing to do with us is left out."""
    station, other = f"ws_{uuid4().hex[:8]}", f"other_{uuid4().hex[:8]}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(
            f"CREATE ROLE {station} LOGIN PASSWORD 'plum-lantern' CONNECTION LIMIT 6"
            " VALID UNTIL '2031-05-04' IN ROLE ward_client"
        )
        admin.execute(f"CREATE ROLE {other} LOGIN")
        try:
            status, said, complaint = wardctl("roles", "list", "--dsn", dsn)
            told = json.loads(wardctl("roles", "list", "--json", "--dsn", dsn)[1])
        finally:
            admin.execute(f"DROP ROLE {station}, {other}")
    assert (status, complaint) == (0, "")
    lines = said.splitlines()
    assert (
        f"{station}: signs in, member of ward_client, 0 of 6 connections, until 04-May-2031."
        in lines
    )
    assert any(line.startswith("ward_admin: signs in, superuser, ") for line in lines)
    assert any(
        line.startswith("ward_backup: group, bypasses row security, member of pg_read_all_data.")
        for line in lines
    )
    assert other not in said
    assert not any(word in said for word in ("plum", "SCRAM", "md5"))
    assert {one["name"] for one in told} >= {station, "ward_owner", "ward_client"}
