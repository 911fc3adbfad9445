"""The commands of the permission matrix, who may give them, and what roles may read."""

from __future__ import annotations

from tests import world
from tests.scored import scored
from ward_app.core.ids import new_id

PEOPLE = {
    **{person.role: person.login for person in world.PEOPLE if "west" not in person.wards[:1]},
    "ward_manager": "mona",
}
EAST = world.id_of("east")
SCORED = scored(pulse_per_min=70)

# What is tried: (SQL, parameter names). A command is permitted when it does not fail with 42501.
COMMANDS = {
    "audit.read": "SELECT auth.open_trail('everything')",
    "staff.manage": "SELECT auth.expire_password(%(other)s, 'a year is over')",
    "staff.assist": "SELECT auth.unlock_account(%(assistant)s, 'mistyped')",
    "board.view": "SELECT * FROM report.ward_board(%(wards)s)",
    "chart.open": "SELECT auth.open_chart(%(patient)s, 'ward', NULL)",
    "chart.break_glass": "SELECT auth.open_chart(%(their)s, 'break_glass', 'cardiac arrest')",
    "patient.privacy": (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, reason, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'privacy', true, 'staff', now())"
    ),
    "access.review": "SELECT * FROM auth.openings_to_review(30)",
    "patient.search": "SELECT auth.open_directory()",
    "patient.register": (
        "SELECT patient.register(%(id)s, 'New', 'Person', NULL, 'unknown', NULL, false)"
    ),
    "patient.flag": (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'falls', true, now())"
    ),
    "patient.details": (
        "SELECT patient.record_details(%(id)s, %(patient)s, 1, '{}', NULL, NULL, NULL)"
    ),
    "admission.admit": (
        "SELECT admission.admit(%(id)s, %(gone)s, %(east)s, NULL, clock_timestamp(), 'home',"
        " NULL, NULL, NULL, NULL, true, NULL)"
    ),
    "admission.transfer": (
        "SELECT admission.transfer(%(id)s, %(stay)s, %(east)s, NULL, clock_timestamp(), NULL,"
        " true)"
    ),
    "admission.discharge": (
        "SELECT admission.discharge(%(id)s, %(stay)s, clock_timestamp(), 'home', NULL)"
    ),
    "admission.share": (
        "SELECT admission.admit(%(id)s, %(gone)s, %(east)s, %(shared)s, clock_timestamp(),"
        " 'home', NULL, NULL, NULL, NULL, true, 'newborn', %(stay)s)"
    ),
    "admission.cancel": "SELECT admission.cancel_latest_step(%(id)s, %(stay)s, 'mistake')",
    "observation.record": (
        f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {SCORED[0]})"
        f" VALUES (%(id)s, %(stay)s, now(), {SCORED[1]})"
    ),
    "observation.correct": (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, status, supersedes_id,"
        " change_reason) VALUES (%(id)s, %(stay)s, now(), 'entered_in_error', %(set)s, 'slip')"
    ),
    "observation.scale": (
        "INSERT INTO report.spo2_scale_decisions (id, admission_id, scale, decided_by, reason,"
        " occurred_at) VALUES (%(id)s, %(stay)s, 2, 'Dr Mensah', 'COPD', now())"
    ),
    "observation.target": (
        "INSERT INTO report.oxygen_targets (id, admission_id, low_percent, high_percent,"
        " decided_by, occurred_at) VALUES (%(id)s, %(stay)s, 88, 92, 'Dr Mensah', now())"
    ),
    "observation.pack": (
        "INSERT INTO report.score_pack_decisions (id, admission_id, pack, decided_by, reason,"
        " occurred_at) VALUES (%(id)s, %(stay)s, 'news2', 'Dr Mensah', 'As usual', now())"
    ),
    "patient.pregnancy": (
        "INSERT INTO patient.pregnancies (id, admission_id, status, occurred_at)"
        " VALUES (%(id)s, %(stay)s, 'pregnant', now())"
    ),
    "observation.strike_group": "SELECT * FROM report.measured_by(%(east)s, now(), now())",
    "escalation.raise": "SELECT report.raise_concern(%(id)s, %(stay)s, 'looks unwell')",
    "escalation.answer": (
        "SELECT report.answer_escalation(%(id)s, %(escalation)s, 'planned', now(), NULL, NULL,"
        " NULL, NULL, 'fluids')"
    ),
    "escalation.decline": (
        "SELECT report.answer_escalation(%(id)s, %(escalation)s, 'not_escalated', now(), NULL,"
        " NULL, NULL, 'plan_in_place', NULL)"
    ),
    "escalation.accept": (
        "SELECT report.accept_score(%(id)s, %(stay)s, now() + interval '1 hour', 'Dr X', 'plan')"
    ),
    "observation.defer": (
        "INSERT INTO report.observation_deferrals (id, admission_id, due_at, reason, occurred_at)"
        " SELECT %(id)s, %(stay)s, next_due_at, 'refused', now()"
        " FROM report.ward_board(%(wards)s) WHERE admission_id = %(stay)s"
    ),
    "observation.plan": (
        "INSERT INTO report.observation_plans (id, admission_id, interval_minutes, decided_by,"
        " reason) VALUES (%(id)s, %(stay)s, 30, 'Dr Mensah', '')"
    ),
    "observation.plan_longer": (
        "INSERT INTO report.observation_plans (id, admission_id, interval_minutes, decided_by,"
        " reason, expires_at) VALUES (%(id)s, %(stay)s, 10000, 'Dr Mensah', 'comfort',"
        " now() + interval '1 day')"
    ),
    "admission.leave": (
        "INSERT INTO admission.leaves (id, admission_id, kind, expected_back_at, occurred_at)"
        " VALUES (%(id)s, %(stay)s, 'left', now() + interval '1 day', now())"
    ),
    "round.record": (
        "INSERT INTO rounding.tasks (id, admission_id, title, due_at)"
        " VALUES (%(id)s, %(stay)s, 'Weigh', now())"
    ),
    "round.correct": (
        "INSERT INTO rounding.round_records (id, template_id, admission_id, occurred_at, status,"
        " supersedes_id, change_reason) SELECT %(id)s, id, %(stay)s, now(), 'entered_in_error',"
        " %(round)s, 'slip' FROM rounding.templates WHERE name = 'skin'"
    ),
    "round.edit": (
        "INSERT INTO rounding.templates (id, name, content, change_reason)"
        " SELECT %(id)s, 'ours', content || '{\"version\": 1}', 'for us'"
        " FROM rounding.templates WHERE name = 'skin'"
    ),
    "device.record": (
        "INSERT INTO report.devices (id, admission_id, pack_version, pack_hash, kind, site)"
        " SELECT %(id)s, %(stay)s, version, hash, 'drain', 'chest' FROM report.device_packs"
    ),
    "device.check": (
        "INSERT INTO report.device_checks (id, device_id, admission_id, pack_version, pack_hash,"
        " signs, occurred_at) SELECT %(id)s, %(device)s, %(stay)s, version, hash,"
        " '{\"pain\": true}', clock_timestamp() FROM report.device_packs"
    ),
    "note.read": "SELECT * FROM report.search_notes(NULL, NULL, 'slept')",
    "note.write": (
        "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at)"
        " VALUES (%(id)s, %(stay)s, 'progress', 'Progress',"
        ' \'[{"heading": "", "text": "Slept."}]\', now())'
    ),
    "note.correct": (
        "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at,"
        " status, supersedes_id, change_reason) VALUES (%(id)s, %(stay)s, 'progress', '-', '[]',"
        " now(), 'entered_in_error', %(note)s, 'slip')"
    ),
    "assessment.read": "SELECT * FROM report.assessments_answering('falls', '{}')",
    "assessment.record": (
        "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
        " score, band, occurred_at) SELECT %(id)s, %(stay)s, name, version, hash,"
        " '{\"pain\": \"0\"}', 0, 'none', clock_timestamp() FROM report.instruments"
        " WHERE name = 'pain_nrs'"
    ),
    "assessment.correct": (
        "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
        " score, band, occurred_at, supersedes_id, change_reason) SELECT %(id)s, %(stay)s, name,"
        " version, hash, '{\"pain\": \"1\"}', 1, 'pain', clock_timestamp(), %(assessment)s,"
        " 'slip' FROM report.instruments WHERE name = 'pain_nrs'"
    ),
    "message.read": "SELECT * FROM public.my_messages(30)",
    "message.send": (
        "INSERT INTO public.messages (id, about_ward_id, to_user_id, urgency, body)"
        " VALUES (%(id)s, %(east)s, %(other)s, 'routine', 'Ring me')"
    ),
    "handover.read": "SELECT * FROM report.handover_list(%(east)s)",
    "handover.give": "SELECT report.keep_handover_words(%(stay)s, 'Watch the leg')",
    "handover.accept": (
        "INSERT INTO report.handover_answers (id, handover_id, kind, words)"
        " VALUES (%(id)s, %(handover)s, 'question', 'Since when?')"
    ),
    "shift.allocate": (
        "SELECT public.allocate_bed(%(id)s, %(bed)s, %(other_nurse)s, 'Day',"
        " current_date + 2, NULL, NULL)"
    ),
    "shift.take": "SELECT public.take_bed(%(bed)s, %(id)s, NULL, NULL, NULL)",
    "shift.edit": (
        "SELECT public.set_ward_shift(%(id)s, %(east)s, jsonb_build_object('name', 'Late',"
        " 'starts_at', '13:00', 'ends_at', '21:00', 'in_force_from', current_date + 2,"
        " 'source', 'x', 'is_used', true))"
    ),
    "duty.sign": (
        "SELECT public.sign_duty(%(id)s, %(east)s, 'ward', true, now() + interval '1 hour', NULL)"
    ),
    "system.operate": "SELECT public.server_figures('{size}')",
    "bed.state": (
        "INSERT INTO room.bed_readiness (id, bed_id, readiness, occurred_at)"
        " VALUES (%(id)s, %(bed)s, 'dirty', now())"
    ),
}
ALLERGY = (
    "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
    " VALUES (%(id)s, %(patient)s, 'Latex', 'active', now())"
)
ROUND = (
    "INSERT INTO rounding.round_records (id, template_id, admission_id, occurred_at)"
    " SELECT %(round)s, id, %(stay)s, now() FROM rounding.templates WHERE name = 'skin'"
)
DEVICE = (
    "INSERT INTO report.devices (id, admission_id, pack_version, pack_hash, kind, site)"
    " SELECT %(device)s, %(stay)s, version, hash, 'drain', 'chest' FROM report.device_packs"
)
HANDOVER = (
    "INSERT INTO report.handovers (id, admission_id, facts_hash, occurred_at)"
    " VALUES (%(handover)s, %(stay)s, '', now())"
)
NOTE = COMMANDS["note.write"].replace("%(id)s", "%(note)s")
ASSESSMENT = (
    "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
    ' occurred_at) SELECT %(assessment)s, %(stay)s, name, version, hash, \'{"pain": "0"}\','
    " clock_timestamp() FROM report.instruments WHERE name = 'pain_nrs'"
)
ACCOUNTS = {"staff.manage", "staff.assist"}
REVIEWING = {"access.review"}
OPERATING = {"system.operate"}
NOT_ON_WARDS = ACCOUNTS | REVIEWING | OPERATING | {"audit.read"}
ALL = frozenset(COMMANDS) - NOT_ON_WARDS | {"patient.view"}
FOR_WHO_LEADS = {
    "patient.privacy",
    "observation.strike_group",
    "round.edit",
    "shift.allocate",
    "shift.edit",
}
FOR_WHO_ANSWERS = {"observation.plan_longer"}
MATRIX = {
    "nurse": ALL - FOR_WHO_LEADS - FOR_WHO_ANSWERS,
    "charge_nurse": ALL,
    "ward_manager": ALL | REVIEWING | {"staff.assist"},
    "doctor": ALL - FOR_WHO_LEADS - {"admission.share", "handover.give", "handover.accept",
                                     "shift.take"},
    "healthcare_assistant": {
        "board.view", "patient.view", "chart.open", "observation.record", "escalation.raise",
        "observation.defer", "bed.state", "round.record", "device.check",
        "note.read", "note.write", "message.read", "message.send", "duty.sign",
        "assessment.read", "assessment.record",
        "handover.read",
    },
    "bed_coordinator": ALL - {
        "chart.open", "chart.break_glass", "patient.privacy",
        "patient.flag", "observation.record", "observation.correct",
        "observation.scale", "observation.target", "observation.strike_group",
        "admission.share",
        "observation.pack", "patient.pregnancy",
        "escalation.raise", "escalation.answer", "escalation.decline",
        "escalation.accept",
        "observation.defer", "observation.plan", "observation.plan_longer",
        "round.record", "round.correct", "round.edit", "device.check", "device.record",
        "note.read", "note.write", "note.correct",
        "shift.allocate", "shift.take", "shift.edit",
        "assessment.read", "assessment.record", "assessment.correct",
        "handover.read", "handover.give", "handover.accept",
    },
    "wall_display": {"board.view"},
    "administrator": ACCOUNTS,
    "it": ACCOUNTS | OPERATING,
    "auditor": {"audit.read", *REVIEWING},
}  # fmt: skip
READINGS = {
    "identity": "SELECT count(*) FROM patient.patients",
    "allergies": "SELECT count(*) FROM patient.allergies",
    "flags": "SELECT count(*) FROM patient.patient_flags",
    "stays": "SELECT count(*) FROM admission.bed_stays",
    "reasons": "SELECT count(*) FROM admission.admissions",
    "details": "SELECT count(*) FROM patient.patient_details",
    "chart": "SELECT count(*) FROM report.vital_signs",
    "rounds": "SELECT count(*) FROM rounding.round_records",
    "devices": "SELECT count(*) FROM report.devices",
    "assessments": "SELECT count(*) FROM report.assessments",
    "looks at devices": "SELECT count(*) FROM report.device_checks",
    "notes": "SELECT count(*) FROM report.nursing_notes",
    "handovers": "SELECT count(*) FROM report.handovers",
}
IDENTITY = {"identity", "allergies", "flags", "stays", "reasons"}


def wanted(hospital, set_id):
    return {
        "id": new_id(),
        "patient": hospital.my_patient,
        "their": hospital.their_patient,
        "stay": hospital.mine,
        "gone": hospital.gone,
        "set": set_id,
        "round": world.id_of("round"),
        "device": world.id_of("device"),
        "note": world.id_of("note"),
        "assessment": world.id_of("assessment"),
        "handover": world.id_of("handover"),
        "escalation": new_id(),
        "east": EAST,
        "other": world.id_of("wes"),
        "assistant": world.id_of("hal"),
        "other_nurse": world.id_of("both"),
        "bed": world.bed("east", "3"),
        "shared": world.bed("east", "1"),
        "wards": [EAST, world.id_of("west")],
    }


def chart_one_of_each(hospital, admin):
    """One of everything on record of Nora's patient; returns the id of the set."""
    set_id = new_id()
    values = wanted(hospital, set_id) | {"id": set_id}
    recorded = (COMMANDS["patient.flag"], COMMANDS["observation.record"], ALLERGY, ROUND, DEVICE,
                COMMANDS["device.check"], NOTE, ASSESSMENT, HANDOVER)  # fmt: skip
    for statement in recorded:
        admin.execute(statement, values)
    return set_id
