"""The demo after some hours: charted on, and only a few sets due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.demo.databases import copied, full_template
from ward_app.demo.rounds import chart_rounds

LATEST = """
SELECT DISTINCT ON (v.admission_id) v.admission_id, v.occurred_at, v.next_due_at, v.score_total
FROM report.vital_signs v JOIN admission.admissions a ON a.id = v.admission_id
WHERE a.discharged_at IS NULL AND v.status = 'final' AND NOT EXISTS (
    SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
ORDER BY v.admission_id, v.occurred_at DESC
"""


@pytest.fixture
def dsn(server):
    with copied(server, full_template(server)) as name:
        yield server.dsn(name)


def latest(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute(LATEST).fetchall()


def test_that_after_six_hours_a_handful_of_sets_is_overdue(dsn):
    later = datetime.now(UTC) + timedelta(hours=6)
    before = [row for row in latest(dsn) if row[2] < later]
    assert len(before) > 30
    assert chart_rounds(dsn, now=later) > 60
    rows = latest(dsn)
    overdue = [row for row in rows if row[2] < later]
    assert 0 < len(overdue) <= 12
    assert all(later - row[2] <= timedelta(minutes=45) for row in overdue)
    assert all(row[1] <= later for row in rows)


def test_that_a_second_round_at_the_same_time_adds_nothing(dsn):
    later = datetime.now(UTC) + timedelta(hours=3)
    assert chart_rounds(dsn, now=later)
    assert chart_rounds(dsn, now=later) == 0


def test_that_a_patient_stays_as_ill_as_before(dsn):
    before = {row[0]: row[3] for row in latest(dsn)}
    chart_rounds(dsn, now=datetime.now(UTC) + timedelta(hours=2))
    after = {row[0]: row[3] for row in latest(dsn)}
    pairs = [(before[one], after[one]) for one in after if before.get(one) is not None]
    assert max(abs(one - other) for one, other in pairs) <= 6
    assert max(score for score in after.values() if score is not None) >= 7
