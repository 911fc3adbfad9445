"""Keep oxygen device, inspired oxygen, and the signs that only some packs score.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ("oxygen_device", "inspired_oxygen_percent", "further_signs")
_CHECKS = {
    "oxygen_device_known": "oxygen_device IN ('room_air', 'nasal_cannula', 'simple_mask', 'venturi_mask', 'reservoir_mask', 'high_flow', 'cpap', 'niv', 'tracheostomy', 'other')",
    "inspired_oxygen_possible": "inspired_oxygen_percent BETWEEN 21 AND 100",
    "further_signs_shaped": "jsonb_typeof(further_signs) = 'object'",
    "total_of_complete_set": "score_total IS NULL OR (score_missing = '[]' AND score_total = score_at_least)",
    "news2_total_of_all_seven": "score_pack IS DISTINCT FROM 'news2' OR score_total IS NULL OR num_nulls(respiratory_rate_per_min, spo2_percent, on_oxygen, systolic_bp_mmhg, pulse_per_min, consciousness, temperature_celsius) = 0",
}


def upgrade() -> None:
    for column in (
        sa.Column(
            "oxygen_device",
            sa.Text(),
            nullable=True,
            comment="what the patient breathes through",
        ),
        sa.Column(
            "inspired_oxygen_percent",
            sa.SMALLINT(),
            nullable=True,
            comment="as set on the device, 21-100",
        ),
        sa.Column(
            "further_signs",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="signs that only some packs score, by name",
        ),
    ):
        op.add_column("vital_signs", column, schema="report")
    for name, condition in _CHECKS.items():
        op.create_check_constraint(
            op.f(f"ck_vital_signs_{name}"), "vital_signs", condition, schema="report"
        )
    op.execute(f"GRANT INSERT ({', '.join(_COLUMNS)}) ON report.vital_signs TO ward_client")


def downgrade() -> None:
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_vital_signs_{name}"), "vital_signs", schema="report")
    for column in _COLUMNS:
        op.drop_column("vital_signs", column, schema="report")
