"""When rounds are due: by hour of the ward, risk and ward; over both changes of the clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.rounding.builders import EAST, line
from tests.rounding.test_service import edit
from tests.steps import admit, ago
from ward_app.core.ids import new_id

DAY_AND_NIGHT = [
    {"risk": ["high"], "minutes": 30},
    {"ward": "icu", "minutes": 15},
    {"from": "07:00", "to": "22:00", "minutes": 60},
    {"from": "22:00", "to": "07:00", "minutes": 120},
]


@pytest.mark.parametrize(
    ("ward", "risk", "at", "minutes"),
    [
        ("east", "low", "06:59", 120),
        ("east", "low", "07:00", 60),
        ("east", None, "21:59", 60),
        ("east", None, "22:00", 120),
        ("east", "high", "23:00", 30),
        ("icu", "low", "23:00", 15),
        ("icu", "high", "12:00", 30),
    ],
)
def test_that_the_first_rule_that_holds_decides(admin, ward, risk, at, minutes):
    asked = "SELECT rounding.interval_minutes(%s, %s, %s, %s::time)"
    found = admin.execute(asked, (json.dumps(DAY_AND_NIGHT), ward, risk, at)).fetchone()
    assert found == (minutes,)


def test_that_a_checklist_without_a_rule_is_due_by_nothing(admin):
    asked = "SELECT rounding.interval_minutes(%s, 'east', 'low', '12:00'::time)"
    for rules in ([], [{"risk": ["high"], "minutes": 30}], [{"ward": "icu", "minutes": 30}]):
        assert admin.execute(asked, (json.dumps(rules),)).fetchone() == (None,)


@pytest.mark.parametrize(
    ("done_at", "due_at"),
    [
        # 00:30 in London, the clock goes from 01:00 to 02:00
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        # 06:45 after it: still the night's rule, and one hour by the day's from 07:00 on
        (datetime(2026, 3, 29, 5, 45, tzinfo=UTC), datetime(2026, 3, 29, 7, 45, tzinfo=UTC)),
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        # 01:30 in London for the first time, the clock goes back from 02:00 to 01:00
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), datetime(2026, 10, 25, 8, 59, tzinfo=UTC)),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
    ids=["spring night", "spring dawn", "spring day", "autumn night", "autumn dawn", "autumn day"],
)
def test_that_time_passes_evenly_when_the_clocks_change(database, nurse, admin, done_at, due_at):
    patient = admit(database, nurse, label="1", admitted_at=done_at - timedelta(minutes=5))
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{intervals}',"
        f" '{json.dumps(DAY_AND_NIGHT)}') WHERE name = 'intentional'",
    )
    admin.execute(
        "INSERT INTO rounding.round_records (id, template_id, admission_id, occurred_at)"
        " SELECT %s, id, %s, %s FROM rounding.templates WHERE name = 'intentional'",
        (new_id(), patient, done_at),
    )
    assert line(database, nurse, patient).due_at == due_at


READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
WHERE relid = 'rounding.round_records'::regclass
"""


def test_that_weeks_on_a_ward_are_not_read_to_say_what_is_due_next(database, nurse, admin):
    patient = admit(database, nurse, label="1", admitted_at=ago(60_000))
    admin.execute(
        "INSERT INTO rounding.round_records (id, template_id, admission_id, occurred_at)"
        " SELECT gen_random_uuid(), t.id, %s, now() - n * interval '1 hour'"
        " FROM rounding.templates t, generate_series(1, 300) n"
        " WHERE t.name IN ('intentional', 'skin')",
        (patient,),
    )
    admin.execute("ANALYZE rounding.round_records")
    with admin.transaction():
        found = admin.execute(
            "SELECT count(*) FROM rounding.dues(%s) WHERE done_at IS NOT NULL", (EAST,)
        )
        assert found.fetchone() == (2,)
        assert admin.execute(READ).fetchone()[0] < 50
