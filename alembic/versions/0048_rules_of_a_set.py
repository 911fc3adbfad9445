"""Record a set in fewer steps: its values are checked by the trigger that follows it alone.

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# report.follow_set holds them too; each as it was made, for the way back
_CHECKS = {
    "consciousness_known": "consciousness IN ('A', 'C', 'V', 'P', 'U')",
    "correction_with_reason": "supersedes_id IS NULL OR change_reason <> ''",
    "diastolic_bp_possible": "diastolic_bp_mmhg BETWEEN 0 AND 250",
    "further_signs_shaped": "jsonb_typeof(further_signs) = 'object'",
    "inspired_oxygen_possible": "inspired_oxygen_percent BETWEEN 21 AND 100",
    "news2_total_of_all_seven": "score_pack IS DISTINCT FROM 'news2' OR score_total IS NULL OR num_nulls(respiratory_rate_per_min, spo2_percent, on_oxygen, systolic_bp_mmhg, pulse_per_min, consciousness, temperature_celsius) = 0",
    "oxygen_device_known": "oxygen_device IN ('room_air', 'nasal_cannula', 'simple_mask', 'venturi_mask', 'reservoir_mask', 'high_flow', 'cpap', 'niv', 'tracheostomy', 'other')",
    "oxygen_flow_possible": "oxygen_flow_l_per_min BETWEEN 0 AND 100",
    "pulse_possible": "pulse_per_min BETWEEN 0 AND 350",
    "reason_known": "incomplete_reason IN ('refused', 'asleep', 'not_tolerated', 'equipment', 'procedure', 'end_of_life', 'other')",
    "respiratory_rate_possible": "respiratory_rate_per_min BETWEEN 0 AND 120",
    "risk_known": "risk IN ('low', 'low-medium', 'medium', 'high')",
    "score_parts_shaped": "jsonb_typeof(score_points) = 'object' AND jsonb_typeof(score_missing) = 'array'",
    "score_plausible": "score_total BETWEEN 0 AND 100 AND score_at_least BETWEEN 0 AND 100 AND interval_minutes BETWEEN 0 AND 10080",
    "score_points_numbers": "NOT jsonb_path_exists(score_points, '$.* ? (@.type() != \"number\")')",
    "spo2_possible": "spo2_percent BETWEEN 0 AND 100",
    "spo2_scale_known": "spo2_scale IN (1, 2)",
    "status_known": "status IN ('final', 'entered_in_error')",
    "strike_out_names_original": "status = 'final' OR supersedes_id IS NOT NULL",
    "systolic_bp_possible": "systolic_bp_mmhg BETWEEN 0 AND 300",
    "temperature_possible": "temperature_celsius BETWEEN 10 AND 47",
    "total_of_complete_set": "score_total IS NULL OR (score_missing = '[]' AND score_total = score_at_least)",
}


def upgrade() -> None:
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_vital_signs_{name}"), "vital_signs", schema="report")


def downgrade() -> None:
    for name, condition in _CHECKS.items():
        op.create_check_constraint(
            op.f(f"ck_vital_signs_{name}"), "vital_signs", condition, schema="report"
        )
