"""What holds of the mapped classes and of the tables they stand for, as hospitals read them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.steps import admit
from ward_app.core.tables import Table
from ward_app.operations.data_model import data_model
from ward_app.operations.metadata import SCHEMAS, metadata

ROOT = Path(__file__).parents[2]
HAVE_A_TIME = ("public.users", "patient.patients", "patient.patient_details",
               "admission.admissions")  # fmt: skip


def test_that_every_mapped_class_names_its_schema_and_says_what_it_holds():
    """[T09]"""
    assert {table.schema for table in metadata.tables.values()} <= set(SCHEMAS)
    assert [name for name, table in metadata.tables.items() if not table.comment] == []


def test_that_the_data_model_in_the_documents_is_that_of_the_program():
    """[T30] Refresh it: `wardctl data-model > docs/data-model.md`."""
    written = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    assert written == data_model() + "\n"
    for name in metadata.tables:
        assert f"\n### {name}\n" in written


def test_that_mapped_classes_stay_in_their_contexts():
    """[T29] `lint-imports` runs with every change; here, that its contracts name every one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = contracts["tool"]["importlinter"]["contracts"]
    [kept] = [one for one in contracts if one["type"] == "protected"]
    assert "ui" not in " ".join(kept["allowed_importers"])
    [no_sql] = [one for one in contracts if one["name"] == "No SQL in the interface"]
    assert no_sql["source_modules"] == ["ui"]
    modules = {mapper.class_.__module__ for mapper in Table.registry.mappers}
    assert modules - set(kept["protected_modules"]) == set()


def test_that_the_time_of_a_change_is_the_databases_to_say(database, nurse, admin):
    """[T23] Also where a statement says nothing of it, or something else."""
    admit(database, nurse, "Okafor")
    for table in HAVE_A_TIME:
        [before] = admin.execute(f"SELECT max(updated_at) FROM {table}").fetchone()
        if before is None:
            continue
        same = f"UPDATE {table} SET updated_at = '2000-01-01' RETURNING updated_at"
        for (after,) in admin.execute(same):
            assert after > before


def test_that_every_time_of_a_change_has_its_trigger(admin):
    """[T23]"""
    have = {name for name, table in metadata.tables.items() if "updated_at" in table.columns}
    assert have == set(HAVE_A_TIME)
    triggers = admin.execute(
        "SELECT t.tgrelid::regclass::text FROM pg_trigger t"
        " WHERE t.tgfoid = 'audit.touch_updated_at'::regproc AND t.tgenabled = 'O'"
    )
    assert {name if "." in name else f"public.{name}" for (name,) in triggers} == have


def test_that_what_is_current_has_an_index_of_its_own(admin):
    """[X04] Stays, beds that are taken, what was not corrected; nothing is ever deleted [T28]."""
    found = admin.execute(
        "SELECT i.indrelid::regclass::text, pg_get_expr(i.indpred, i.indrelid) FROM pg_index i"
        " WHERE i.indpred IS NOT NULL"
    ).fetchall()
    conditions = {}
    for table, condition in found:
        conditions.setdefault(table, []).append(condition)
    assert any("discharged_at IS NULL" in one for one in conditions["admission.admissions"])
    assert any("upper_inf(during)" in one for one in conditions["admission.bed_stays"])
    assert any("supersedes_id IS NOT NULL" in one for one in conditions["report.vital_signs"])
    assert any("ended_at IS NULL" in one for one in conditions["badges"])
