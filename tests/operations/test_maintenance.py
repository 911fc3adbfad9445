"""`wardctl maintenance`: tables are tidied, and what locks one is asked about first."""

from __future__ import annotations

import io
import json
import sys

import psycopg
import pytest

from ward_app.core.errors import ConflictError
from ward_app.operations.upkeep import maintenance
from ward_app.operations.upkeep.maintenance import Work, tidy


@pytest.fixture
def dead(dsn):
    """A table of which most rows are dead."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("CREATE TABLE public.dead (id int) WITH (autovacuum_enabled = false)")
        admin.execute("INSERT INTO public.dead SELECT generate_series(1, 20000)")
        admin.execute("DELETE FROM public.dead WHERE id > 10")
        yield admin


def test_that_tables_are_tidied_and_a_full_one_shrinks(dead, dsn, wardctl, monkeypatch):
    """[X07]"""
    status, said, complaint = wardctl("maintenance", "analyze", "--dsn", dsn)
    assert (status, complaint) == (0, "")
    assert "public.dead: " in said
    estimate = dead.execute("SELECT reltuples FROM pg_class WHERE relname = 'dead'").fetchone()
    assert estimate == (10,)
    assert wardctl("maintenance", "vacuum", "--table", "public.dead", "--dsn", dsn)[0] == 0
    words = ("maintenance", "vacuum", "--full", "--table", "public.dead", "--dsn", dsn)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    status, said, _ = wardctl(*words)
    assert (status, "locks public.dead: nobody reads or saves" in said) == (1, True)
    status, said, _ = wardctl(*words, "--yes")
    assert (status, "public.dead: " in said, "now 8 kB" in said) == (0, True, True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    status, said, asked = wardctl(*words, "--json")
    [told] = json.loads(said)
    assert (status, told["table"], told["bytes_after"]) == (0, "public.dead", 8192)
    assert "locks public.dead" in asked


def test_that_only_tables_of_the_program_are_tidied(dsn, wardctl):
    for name in ("public.nothing", "pg_catalog.pg_class", 'public.dead"; DROP TABLE x'):
        status, _, complaint = wardctl("maintenance", "vacuum", "--table", name, "--dsn", dsn)
        assert (status, "There is no table" in complaint) == (2, True)
    assert "Say which table" in wardctl("maintenance", "vacuum", "--full", "--dsn", dsn)[2]


def test_that_a_table_in_use_is_not_waited_for_for_ever(dead, dsn, empty_database, monkeypatch):
    monkeypatch.setattr(maintenance, "_LOCK_WAIT_S", 0.05)
    with psycopg.connect(dsn) as reading:
        reading.execute("SELECT FROM public.dead")
        with pytest.raises(ConflictError, match=r"public.dead is in use.*Nothing was changed"):
            tidy(dsn, Work.FULL, "public.dead", database=empty_database)
