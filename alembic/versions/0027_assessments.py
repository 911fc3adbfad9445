"""Assessments by instruments: packs of items and bands, their use on wards, what was answered.

Revision ID: 0027
Revises: 0026
"""

from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "instruments"
# What is delivered, by the hash of its file. An instrument that changes gets a new version and so
# a file and a revision of its own; these files stay.
_DELIVERED = {
    "pain_nrs": "1cafce9137ee155ad114a401b44f5843bef3ccc17e37671b2b5f728f03be6243",
    "pain_verbal": "9531b4ffe714e081be6a60c628b74c81ed39c1bbfcd6e173686a4023e62dc471",
    "bristol": "a719639c093e59ce239fc3bceedccc22eeeec5148fd748b3e7b0f0faec5e6c56",
    "falls": "a9b0b4293a0b63b9877496c96a99f0cf6b601561a0b5bb10389f87666151042c",
    "after_fall": "a3b27ba40d25b9659f419fa2bebd9fd18c4174b8bbf37843286f18eb1d3ec8ce",
}
_CALLED = (
    "report.assessment_dues",
    "report.assessments_answering",
    "report.instruments_in_use",
)


def upgrade() -> None:
    _add_instruments()
    _add_instrument_uses()
    _add_assessments()
    op.guard_tables("report.instruments", "report.instrument_uses", "report.assessments")
    op.sql_file("report/assessments.v1.sql")
    op.sql_file("auth/ownership.v2.sql")
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(_CALLED)} TO ward_client")
    op.sql_file("public/assessments.v1.sql")
    _register_delivered()


def downgrade() -> None:
    op.take_back_permissions("assessment.read", "assessment.record", "assessment.correct")
    op.sql_file("report/assessments.v1.down.sql")
    for table in ("assessments", "instrument_uses", "instruments"):
        op.execute(f"DROP TABLE report.{table}")


def _register_delivered() -> None:
    """Register the instruments that are delivered, in use everywhere; none is due by itself."""
    tables = "report.instruments, report.instrument_uses"
    op.execute(f"GRANT INSERT ON {tables} TO ward_definer")
    op.execute("SET LOCAL ROLE ward_definer")
    for name, expected in _DELIVERED.items():
        instrument_id = uuid5(NAMESPACE_URL, f"ward-app:instrument:{expected}")
        connection = op.get_bind()
        connection.execute(
            sa.text(
                "INSERT INTO report.instruments (id, content, loaded_by)"
                " VALUES (:id, :content, 'Ward App')"
            ),
            {"id": instrument_id, "content": _content(name, expected)},
        )
        connection.execute(
            sa.text(
                "INSERT INTO report.instrument_uses (id, instrument_id, in_use, reason, set_by)"
                " VALUES (:id, :instrument_id, true, 'As delivered.', 'Ward App')"
            ),
            {"id": uuid5(instrument_id, "use"), "instrument_id": instrument_id},
        )
    op.execute("SET LOCAL ROLE ward_owner")
    op.execute(f"REVOKE INSERT ON {tables} FROM ward_definer")


def _content(name: str, expected: str) -> str:
    content = (_FOLDER / f"{name}.json").read_bytes()
    if sha256(content).hexdigest() != expected:
        raise RuntimeError(f"the instrument {name}.json is not the one that is delivered")
    return content.decode("utf-8")


def _add_instruments() -> None:
    op.create_table(
        "instruments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False, comment="sha256 of the content, hexadecimal"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="the instrument's file, letter by letter"
        ),
        sa.Column(
            "records",
            sa.Text(),
            nullable=True,
            comment="the event that such an assessment tells of; null: none",
        ),
        sa.Column("work_minutes", sa.SMALLINT(), nullable=False, comment="how long it takes"),
        sa.Column(
            "from_months",
            sa.SMALLINT(),
            nullable=True,
            comment="age in months from which it is due; null: open",
        ),
        sa.Column(
            "below_months",
            sa.SMALLINT(),
            nullable=True,
            comment="age in months below which it is due; null: open",
        ),
        sa.Column(
            "is_free", sa.Boolean(), nullable=False, comment="anybody may use it, as its file says"
        ),
        sa.Column(
            "permission",
            sa.Text(),
            nullable=True,
            comment="by which the site may use one that is not free, in words",
        ),
        sa.Column("loaded_by", sa.Text(), nullable=False, comment="who loaded it, by name"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')",
            name=op.f("ck_instruments_hash_of_content"),
        ),
        sa.CheckConstraint(
            "is_free OR coalesce(btrim(permission), '') <> ''",
            name=op.f("ck_instruments_licensed"),
        ),
        sa.CheckConstraint("loaded_by <> ''", name=op.f("ck_instruments_loaded_by_somebody")),
        sa.CheckConstraint(
            "name <> '' AND version <> '' AND title <> ''", name=op.f("ck_instruments_named")
        ),
        sa.CheckConstraint("from_months < below_months", name=op.f("ck_instruments_ages_forward")),
        sa.CheckConstraint(
            "records IN ('admission', 'transfer', 'fall')",
            name=op.f("ck_instruments_records_known"),
        ),
        sa.CheckConstraint(
            "work_minutes BETWEEN 1 AND 240", name=op.f("ck_instruments_work_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_instruments_recorded_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("hash", name=op.f("uq_instruments_hash")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_instruments_name_version")),
        schema="report",
        comment="Instruments, shipped and loaded; append-only.",
    )
    op.create_index(
        op.f("ix_instruments_recorded_by"),
        "instruments",
        ["recorded_by"],
        unique=False,
        schema="report",
    )


def _add_instrument_uses() -> None:
    op.create_table(
        "instrument_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="null: every ward that set nothing, as delivered",
        ),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the instrument; set by trigger"),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column(
            "reassess",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="when it is due, in minutes, as the site set it; null: not by itself",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False, comment="who set it, by name"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason <> '' AND set_by <> ''", name=op.f("ck_instrument_uses_set_with_reason")
        ),
        sa.CheckConstraint(
            "reassess IS NULL OR jsonb_typeof(reassess) = 'object'",
            name=op.f("ck_instrument_uses_reassess_shaped"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["report.instruments.id"],
            name=op.f("fk_instrument_uses_instrument_id_instruments"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_instrument_uses_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["room.wards.id"], name=op.f("fk_instrument_uses_ward_id_wards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_uses")),
        sa.UniqueConstraint("seq", name=op.f("uq_instrument_uses_seq")),
        schema="report",
        comment="Which wards use which instruments; append-only.",
    )
    op.create_index(
        op.f("ix_instrument_uses_instrument_id"),
        "instrument_uses",
        ["instrument_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_instrument_uses_recorded_by"),
        "instrument_uses",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_instrument_uses_ward_id_name",
        "instrument_uses",
        ["ward_id", "name", sa.literal_column("seq DESC")],
        unique=False,
        schema="report",
    )


def _add_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "patient_id", sa.Uuid(), nullable=False, comment="of the admission; set by trigger"
        ),
        sa.Column(
            "ward_id",
            sa.Uuid(),
            nullable=True,
            comment="where the patient was at the time; set by trigger",
        ),
        sa.Column(
            "instrument_id", sa.Uuid(), nullable=False, comment="by the hash; set by trigger"
        ),
        sa.Column("instrument", sa.Text(), nullable=False, comment="its name"),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False, comment="SHA-256 of its file, hexadecimal"),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="by the item's name, as text; what is missing is unknown",
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="every item that is asked is known; set by trigger",
        ),
        sa.Column(
            "score",
            sa.Numeric(),
            nullable=True,
            comment="what the database comes to as well; null: incomplete, or has none",
        ),
        sa.Column("band", sa.Text(), nullable=True, comment="name of the band; null: incomplete"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the patient was assessed",
        ),
        sa.Column("status", sa.Text(), server_default="final", nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="null: imported"),
        sa.CheckConstraint(
            "jsonb_typeof(answers) = 'object'", name=op.f("ck_assessments_answers_shaped")
        ),
        sa.CheckConstraint(
            "occurred_at BETWEEN TIMESTAMPTZ '1900-01-01Z' AND TIMESTAMPTZ '2200-01-01Z'",
            name=op.f("ck_assessments_occurred_at_plausible"),
        ),
        sa.CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL",
            name=op.f("ck_assessments_strike_out_names_original"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'entered_in_error')", name=op.f("ck_assessments_status_known")
        ),
        sa.CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''",
            name=op.f("ck_assessments_correction_with_reason"),
        ),
        sa.CheckConstraint(
            "complete OR (score IS NULL AND band IS NULL)",
            name=op.f("ck_assessments_incomplete_is_no_score"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.admissions.id"],
            name=op.f("fk_assessments_admission_id_admissions"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["report.instruments.id"],
            name=op.f("fk_assessments_instrument_id_instruments"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["public.users.id"], name=op.f("fk_assessments_recorded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["report.assessments.id"],
            name=op.f("fk_assessments_supersedes_id_assessments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        schema="report",
        comment="Assessments by instruments; append-only.",
    )
    op.create_index(
        "ix_assessments_admission_id_instrument",
        "assessments",
        ["admission_id", "instrument", sa.literal_column("occurred_at DESC")],
        unique=False,
        schema="report",
    )
    op.create_index(
        "ix_assessments_answers",
        "assessments",
        ["answers"],
        unique=False,
        schema="report",
        postgresql_using="gin",
        postgresql_ops={"answers": "jsonb_path_ops"},
    )
    op.create_index(
        op.f("ix_assessments_instrument_id"),
        "assessments",
        ["instrument_id"],
        unique=False,
        schema="report",
    )
    op.create_index(
        op.f("ix_assessments_recorded_by"),
        "assessments",
        ["recorded_by"],
        unique=False,
        schema="report",
    )
    op.create_index(
        "uq_assessments_supersedes_id",
        "assessments",
        ["supersedes_id"],
        unique=True,
        schema="report",
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
