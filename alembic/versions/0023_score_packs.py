"""Score packs as a site's configuration; the database scores every set itself.

Revision ID: 0023
Revises: 0022
"""

from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "packs"
# What is delivered, by the hash of its file. A pack that changes gets a new version and so a file
# and a revision of its own; these files stay.
_DELIVERED = {
    "news2": "852d92005b113944e021ce6be0c41ebaa8df09a3ae30ad2de76a64339bfd7f69",
    "mewc": "2f9c9bead742d1292a2fbd63836477edcc6b4d27ee2016d6d18eff8ae8b9a283",
    "paediatric": "e11972f1ffaff28acf280a46cf3633cc4c6b2e6420939855e346ff95f446391d",
    "meows": "1aa2addd0466e429b9f1b42c8ae6a7d88b863cf287973a6c52a7ce0c847bae07",
}
_FUNCTIONS = (
    "report.score_problem(report.vital_signs, text, integer)",
    "report.packs_for(uuid, uuid, date, text)",
    "report.score_set(report.vital_signs, uuid, integer)",
    "report.age_months(date, date)",
    "report.scoring_bases(uuid[])",
    "report.packs_in_use(uuid)",
)
_TABLES = (
    "report.trial_scores",
    "patient.pregnancies",
    "report.score_pack_decisions",
    "report.score_pack_uses",
    "report.score_pack_points",
    "report.score_packs",
)
_TRIGGERED = (
    "report.announce_pack_decision()",
    "patient.complete_pregnancy()",
    "report.complete_pack_decision()",
    "report.complete_score_pack_use()",
    "report.spread_score_pack()",
    "report.complete_score_pack()",
)


def upgrade() -> None:
    _add_score_packs()
    _add_score_pack_points()
    _add_score_pack_uses()
    _add_score_pack_decisions()
    _add_trial_scores()
    _add_pregnancies()
    op.guard_tables(
        "report.score_packs",
        "report.score_pack_points",
        "report.score_pack_uses",
        "report.score_pack_decisions",
        "report.trial_scores",
        "patient.pregnancies",
    )
    op.sql_file("report/score_packs.v1.sql")
    op.sql_file("report/score_fits.v2.sql")
    op.execute("DROP FUNCTION report.born_on_of")
    op.sql_file("auth/ownership.v2.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.scoring_bases TO ward_client")
    op.sql_file("public/score_packs.v1.sql")
    _register_delivered()


def downgrade() -> None:
    op.take_back_permissions("observation.pack", "patient.pregnancy")
    op.sql_file("report/score_fits.v2.down.sql")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
    for function in _TRIGGERED:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TYPE report.score")
    op.execute("DROP TYPE report.scoring_basis")
    op.sql_file("auth/ownership.v2.sql")
    op.execute("GRANT EXECUTE ON FUNCTION report.born_on_of TO ward_client")


def _register_delivered() -> None:
    """Register the packs that are delivered: NEWS2 in use, the others not."""
    op.execute("GRANT INSERT ON report.score_packs, report.score_pack_uses TO ward_definer")
    op.execute("SET LOCAL ROLE ward_definer")
    for name, expected in _DELIVERED.items():
        pack_id = uuid5(NAMESPACE_URL, f"ward-app:score-pack:{expected}")
        use = "live" if name == "news2" else "disabled"
        connection = op.get_bind()
        connection.execute(
            sa.text("INSERT INTO report.score_packs (id, content) VALUES (:id, :content)"),
            {"id": pack_id, "content": _content(name, expected)},
        )
        connection.execute(
            sa.text(
                "INSERT INTO report.score_pack_uses (id, pack_id, use, reason, set_by)"
                " VALUES (:id, :pack_id, :use, 'As delivered.', 'Ward App')"
            ),
            {"id": uuid5(pack_id, "use"), "pack_id": pack_id, "use": use},
        )
    op.execute("SET LOCAL ROLE ward_owner")
    op.execute("REVOKE INSERT ON report.score_packs, report.score_pack_uses FROM ward_definer")


def _content(name: str, expected: str) -> str:
    content = (_FOLDER / f"{name}.json").read_bytes()
    if sha256(content).hexdigest() != expected:
        raise RuntimeError(f"the score pack {name}.json is not the one that is delivered")
    return content.decode("utf-8")


def _add_score_packs() -> None:
    op.create_table(
        "score_packs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False, comment="sha256 of the content, hexadecimal"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="the pack's file, letter by letter"
        ),
        sa.Column(
            "from_months",
            sa.SMALLINT(),
            nullable=True,
            comment="age in months from which it is made for; null: open",
        ),
        sa.Column(
            "below_months",
            sa.SMALLINT(),
            nullable=True,
            comment="age in months below which it is made for; null: open",
        ),
        sa.Column("pregnancy", sa.Text(), nullable=False, comment="whom it is made for"),
        sa.Column("by_age", sa.Boolean(), nullable=False, comment="its bands depend on the age"),
        sa.Column("parameters", sa.ARRAY(sa.Text()), nullable=False, comment="as on the chart"),
        sa.Column(
            "responses",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="least urgent first",
        ),
        sa.Column(
            "incomplete_interval_minutes",
            sa.SMALLINT(),
            nullable=False,
            comment="longest time to the next set after an incomplete one",
        ),
        sa.Column(
            "needs_sign_off",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what needs a clinician's name before it scores patients",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')",
            name=op.f("ck_score_packs_hash_of_content"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(responses) = 'array' AND jsonb_typeof(needs_sign_off) = 'array'",
            name=op.f("ck_score_packs_lists_shaped"),
        ),
        sa.CheckConstraint(
            "name <> '' AND version <> '' AND title <> ''", name=op.f("ck_score_packs_named")
        ),
        sa.CheckConstraint(
            "pregnancy IN ('not_pregnant', 'pregnant_or_recent')",
            name=op.f("ck_score_packs_pregnancy_known"),
        ),
        sa.CheckConstraint("from_months < below_months", name=op.f("ck_score_packs_ages_forward")),
        sa.CheckConstraint(
            "incomplete_interval_minutes BETWEEN 5 AND 10080",
            name=op.f("ck_score_packs_interval_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_score_packs_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_packs")),
        sa.UniqueConstraint("hash", name=op.f("uq_score_packs_hash")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_score_packs_name_version")),
        schema="report",
        comment="Score packs, registered; append-only.",
    )
    op.create_index(
        op.f("ix_score_packs_recorded_by"),
        "score_packs",
        ["recorded_by"],
        unique=False,
        schema="report",
    )


def _add_score_pack_points() -> None:
    op.create_table(
        "score_pack_points",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column(
            "place",
            sa.SMALLINT(),
            autoincrement=False,
            nullable=False,
            comment="of the parameter on the chart",
        ),
        sa.Column(
            "ordinal",
            sa.SMALLINT(),
            autoincrement=False,
            nullable=False,
            comment="the first that holds counts",
        ),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column(
            "is_further", sa.Boolean(), nullable=False, comment="kept among the further signs"
        ),
        sa.Column(
            "decimals",
            sa.SMALLINT(),
            nullable=False,
            comment="a number is rounded to so many before it is read",
        ),
        sa.Column(
            "choice",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="of a choice; null: a band",
        ),
        sa.Column("lowest", sa.Numeric(), nullable=True, comment="included; null: open"),
        sa.Column("highest", sa.Numeric(), nullable=True, comment="included; null: open"),
        sa.Column("spo2_scale", sa.SMALLINT(), nullable=True, comment="null: on either"),
        sa.Column("on_oxygen", sa.Boolean(), nullable=True, comment="null: on air and on oxygen"),
        sa.Column("from_months", sa.SMALLINT(), nullable=True),
        sa.Column("below_months", sa.SMALLINT(), nullable=True),
        sa.Column("points", sa.SMALLINT(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(lowest, highest, choice) > 0",
            name=op.f("ck_score_pack_points_says_what_it_is_for"),
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100", name=op.f("ck_score_pack_points_points_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["pack_id"],
            ["report.score_packs.id"],
            name=op.f("fk_score_pack_points_pack_id_score_packs"),
        ),
        sa.PrimaryKeyConstraint("pack_id", "place", "ordinal", name=op.f("pk_score_pack_points")),
        schema="report",
        comment="Bands and choices of score packs; append-only.",
    )


def _add_score_pack_uses() -> None:
    op.create_table(
        "score_pack_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=True, comment="null: as delivered"),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("signed_off_by", sa.Text(), nullable=True, comment="the clinician, by name"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False, comment="who set it, by name"),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_score_pack_uses_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "reason <> '' AND set_by <> ''", name=op.f("ck_score_pack_uses_set_with_reason")
        ),
        sa.CheckConstraint(
            "use IN ('live', 'trial', 'disabled')", name=op.f("ck_score_pack_uses_use_known")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["public.facilities.id"],
            name=op.f("fk_score_pack_uses_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["pack_id"],
            ["report.score_packs.id"],
            name=op.f("fk_score_pack_uses_pack_id_score_packs"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_score_pack_uses_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_pack_uses")),
        schema="report",
        comment="Which score packs a hospital uses; append-only.",
    )
    op.create_index(
        op.f("ix_score_pack_uses_facility_id"),
        "score_pack_uses",
        ["facility_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_score_pack_uses_pack_id_seq",
        "score_pack_uses",
        ["pack_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_score_pack_uses_recorded_by"),
        "score_pack_uses",
        ["recorded_by"],
        unique=False,
        schema="report",
    )


def _add_score_pack_decisions() -> None:
    op.create_table(
        "score_pack_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pack", sa.Text(), nullable=True, comment="name of the pack; null: automatic again"
        ),
        sa.Column(
            "decided_by", sa.Text(), nullable=False, comment="the clinical decision maker, by name"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decided_by <> '' AND reason <> ''",
            name=op.f("ck_score_pack_decisions_decided_with_reason"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_score_pack_decisions_occurred_at_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_score_pack_decisions_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["public.users.id"],
            name=op.f("fk_score_pack_decisions_recorded_by_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_pack_decisions")),
        schema="report",
        comment="Decisions on the score of a stay, append-only.",
    )
    op.create_index(
        "ix_score_pack_decisions_admission_id_seq",
        "score_pack_decisions",
        ["admission_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_score_pack_decisions_recorded_by"),
        "score_pack_decisions",
        ["recorded_by"],
        unique=False,
        schema="report",
    )


def _add_trial_scores() -> None:
    op.create_table(
        "trial_scores",
        sa.Column("vital_sign_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.SMALLINT(), nullable=True, comment="null: incomplete"),
        sa.Column("at_least", sa.SMALLINT(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("interval_minutes", sa.SMALLINT(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "risk IN ('low', 'low-medium', 'medium', 'high')",
            name=op.f("ck_trial_scores_risk_known"),
        ),
        sa.ForeignKeyConstraint(
            ["pack_id"],
            ["report.score_packs.id"],
            name=op.f("fk_trial_scores_pack_id_score_packs"),
        ),
        sa.ForeignKeyConstraint(
            ["vital_sign_id"],
            ["report.vital_signs.id"],
            name=op.f("fk_trial_scores_vital_sign_id_vital_signs"),
        ),
        sa.PrimaryKeyConstraint("vital_sign_id", "pack_id", name=op.f("pk_trial_scores")),
        schema="report",
        comment="Scores by packs on trial; append-only.",
    )
    op.create_index(
        "ix_trial_scores_pack_id", "trial_scores", ["pack_id"], unique=False, schema="report"
    )


def _add_pregnancies() -> None:
    op.create_table(
        "pregnancies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "admission_id", sa.Uuid(), nullable=False, comment="the stay it was recorded in"
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was found out",
        ),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_on IS NOT NULL)",
            name=op.f("ck_pregnancies_end_has_a_day"),
        ),
        sa.CheckConstraint(
            "ended_on BETWEEN DATE '1900-01-01' AND DATE '2200-01-01'",
            name=op.f("ck_pregnancies_ended_on_plausible"),
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_pregnancies_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "status IN ('pregnant', 'ended', 'not_pregnant')",
            name=op.f("ck_pregnancies_status_known"),
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_pregnancies_correction_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_pregnancies_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patients.id"],
            name=op.f("fk_pregnancies_patient_id_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_pregnancies_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["patient.pregnancies.id"],
            name=op.f("fk_pregnancies_supersedes_id_pregnancies"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pregnancies")),
        schema="patient",
        comment="Pregnancy, as far as it matters here; append-only.",
    )
    op.create_index(
        op.f("ix_pregnancies_admission_id"),
        "pregnancies",
        ["admission_id"],
        unique=False,
        schema="patient",
    )
    op.create_index(
        "ix_pregnancies_patient_id_seq",
        "pregnancies",
        ["patient_id", sa.literal_column("seq DESC")],
        unique=False,
        schema="patient",
    )
    op.create_index(
        op.f("ix_pregnancies_recorded_by"),
        "pregnancies",
        ["recorded_by"],
        unique=False,
        schema="patient",
    )
    op.create_index(
        op.f("ix_pregnancies_supersedes_id"),
        "pregnancies",
        ["supersedes_id"],
        unique=False,
        schema="patient",
    )
