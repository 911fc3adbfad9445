"""The demo hospital shows bedside measurements of many kinds, one corrected and one struck out."""

from __future__ import annotations

import psycopg
import pytest

from ward_app.measurements.kinds import kinds

CHANGED = """
SELECT o.kind, o.summary, m.summary, m.status FROM report.measurements m
JOIN report.measurements o ON o.id = m.supersedes_id ORDER BY o.kind
"""
IMPOSSIBLE = """
SELECT m.kind, report.measured_problem(k.fields, m.values) FROM report.measurements m
JOIN report.measurement_kinds k ON (k.name, k.version, k.hash)
    = (m.kind, m.kind_version, m.kind_hash)
WHERE m.status = 'final' AND (report.measured_problem(k.fields, m.values) IS NOT NULL
    OR m.summary = '' OR m.recorded_at > clock_timestamp())
"""


@pytest.fixture
def said(demo_dsn):
    """Return the rows that a statement gives in the demo hospital."""
    with psycopg.connect(demo_dsn) as connection:
        yield lambda statement: connection.execute(statement).fetchall()


def test_that_most_kinds_are_charted_and_every_value_is_possible(said):
    charted = {kind for (kind,) in said("SELECT DISTINCT kind FROM report.measurements")}
    assert charted <= kinds().keys()
    assert len(charted) >= 6
    assert said(IMPOSSIBLE) == []


def test_that_one_is_corrected_and_one_is_struck_out_with_the_original_kept(said):
    found = {kind: (before, after, status) for kind, before, after, status in said(CHANGED)}
    before, after, status = found["pain"]
    assert status == "final"
    assert before != after
    assert found["stool"][1:] == ("", "entered_in_error")
