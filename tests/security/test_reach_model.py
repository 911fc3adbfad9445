"""What a session can read, after anything that happens, equals a plain model of it.

The model knows nothing of SQL: who works where, as what, where patients lie and left from, which
session opened what. A few long, random stories are lived on the real database, and after each
event every session there ever was is asked for everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import world
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

PEOPLE = {"nora": "nurse", "wes": "nurse", "both": "charge_nurse"}
WARDS = ("east", "west")
PATIENTS = 3
GLASS = "Fell in the corridor, nobody else here"
READ_PATIENTS = "SELECT id FROM patient.patients WHERE id = ANY (%s)"
READ_CHART = "SELECT count(*) FROM report.chart(%s)"
READ_CHARTS = "SELECT patient_id FROM patient.patient_details WHERE patient_id = ANY (%s)"
EVENTS = st.one_of(
    st.tuples(st.sampled_from(["assign", "role", "disable", "sign_in", "expire"]),
              st.sampled_from(sorted(PEOPLE)), st.sampled_from(WARDS)),
    st.tuples(st.sampled_from(["move", "leave_or_come"]), st.integers(0, PATIENTS - 1),
              st.sampled_from(WARDS)),
    st.tuples(st.sampled_from(["open", "glass"]), st.integers(0, 5),
              st.integers(0, PATIENTS - 1)),
    st.tuples(st.just("sign_out"), st.integers(0, 5), st.just(0)),
)  # fmt: skip


@dataclass
class Session:
    """A session and the charts it opened, by kind."""

    login: str
    token: str
    is_live: bool = True
    by_ward: set[int] = field(default_factory=set)
    by_glass: set[int] = field(default_factory=set)


@dataclass
class Model:
    """The hospital as somebody would draw it on a sheet of paper."""

    wards: dict[str, set[str]]
    has_role: dict[str, bool]
    lies_on: dict[int, str | None]
    left_from: dict[int, set[str]]
    sessions: list[Session] = field(default_factory=list)

    def of_wards(self, session):
        """Return the patients of the person's wards: there now, or left from there today."""
        mine = self.wards[session.login]
        return {n for n in self.lies_on if self.lies_on[n] in mine or self.left_from[n] & mine}

    def reads(self, session):
        """Return whose name and whose chart a session reads."""
        if not session.is_live or not self.has_role[session.login]:
            return set(), set()
        of_wards = self.of_wards(session)
        charts = session.by_ward & of_wards | session.by_glass
        return of_wards | charts, charts

    def end(self, login):
        """End the sessions of a person."""
        for session in self.sessions:
            session.is_live = session.is_live and session.login != login


class Story:
    """One hospital, lived through twice: on the database and in the model."""

    def __init__(self, admin, intruder, connection):
        self.admin, self.intruder, self.connection = admin, intruder, connection
        self.mover = intruder.token("col")
        self.checks = 0
        self.patients = [new_id() for _ in range(PATIENTS)]
        self.stays = [new_id() for _ in range(PATIENTS)]
        self.model = Model(
            wards={"nora": {"east"}, "wes": {"west"}, "both": {"east", "west"}},
            has_role=dict.fromkeys(PEOPLE, True),
            lies_on=dict.fromkeys(range(PATIENTS)),
            left_from={n: set() for n in range(PATIENTS)},
        )
        self.begin()

    def begin(self):
        """Everybody is as on the first day; new patients, one on each ward, one still to come."""
        for login, role in PEOPLE.items():
            user_id = world.id_of(login)
            self.call("SELECT auth.set_account_active(%s, true, 'x')", user_id)
            self.call("SELECT auth.give_role(%s, %s, 'x')", user_id, role)
            for ward in WARDS:
                verb = "give" if ward in self.model.wards[login] else "take"
                self.call(f"SELECT auth.{verb}_ward(%s, %s, 'x')", user_id, ward)
        self.admin.execute("UPDATE public.users SET must_change_password = false")
        self.proved(self.mover, "SELECT auth.open_directory()")
        for patient in self.patients:
            self.proved(
                self.mover,
                "SELECT patient.register(%s, %s, 'Of a story', NULL, 'unknown', NULL, true)",
                patient, str(patient),
            )  # fmt: skip
        for number, ward in enumerate(WARDS):
            self.leave_or_come(number, ward)
        for login in PEOPLE:
            self.sign_in(login, None)

    def call(self, statement, *values):
        return self.admin.execute(statement, values).fetchone()[0]

    def proved(self, token, statement, *values):
        """Run a statement for a session, commit, and return all rows; refused: None."""
        self.connection.execute("SELECT auth.prove(%s)", (token,))
        try:
            rows = self.connection.execute(statement, values).fetchall()
        except psycopg.DatabaseError as error:
            self.connection.rollback()
            assert error.sqlstate in {REFUSED, "WA401", "WA404"}, error  # noqa: PT017 - it is an answer
            return None
        self.connection.commit()
        return rows

    def moved(self, step, *values):
        """Have the coordinator, who works on both wards, take a step that succeeds."""
        given = "%s" if step == "discharge" else "%s, %s"
        tail = {
            "admit": "NULL, clock_timestamp(), 'home', NULL, NULL, NULL, NULL, true, NULL",
            "transfer": "NULL, clock_timestamp(), NULL, true",
            "discharge": "clock_timestamp(), 'home', NULL",
        }[step]
        statement = f"SELECT outcome FROM admission.{step}(%s, {given}, {tail})"
        assert self.proved(self.mover, statement, *values) == [("done",)]

    def assign(self, login, ward):
        """Give a person a ward, or take it."""
        mine = self.model.wards[login]
        verb = "take" if ward in mine else "give"
        self.call(f"SELECT auth.{verb}_ward(%s, %s, 'x')", world.id_of(login), ward)
        mine ^= {ward}

    def role(self, login, _ward):
        """Take a person's only role, or give it again."""
        had = self.model.has_role[login]
        verb = "take" if had else "give"
        self.call(f"SELECT auth.{verb}_role(%s, %s, 'x')", world.id_of(login), PEOPLE[login])
        self.model.has_role[login] = not had

    def disable(self, login, _ward):
        """Disable an account and enable it again: sessions are over for good."""
        for active in (False, True):
            self.call("SELECT auth.set_account_active(%s, %s, 'x')", world.id_of(login), active)
        self.model.end(login)

    def expire(self, login, _ward):
        """Ask for a new password, which is chosen: sessions are over for good."""
        self.call("SELECT auth.expire_password(%s, 'x')", world.id_of(login))
        self.admin.execute("UPDATE public.users SET must_change_password = false")
        self.model.end(login)

    def sign_in(self, login, _ward):
        """Begin one more session of a person."""
        self.model.sessions.append(Session(login, self.intruder.token(login)))

    def sign_out(self, number, _):
        """End one session."""
        session = self.session(number)
        if session.is_live:
            self.proved(session.token, "SELECT auth.sign_out()")
            session.is_live = False

    def move(self, number, ward):
        """Move a patient to a ward."""
        if self.model.lies_on[number] not in {None, ward}:
            self.moved("transfer", new_id(), self.stays[number], world.id_of(ward))
            self.model.lies_on[number] = ward

    def leave_or_come(self, number, ward):
        """Discharge a patient who is there, admit one who is not."""
        before = self.model.lies_on[number]
        if before is None:
            self.stays[number] = new_id()
            self.moved("admit", self.stays[number], self.patients[number], world.id_of(ward))
            self.model.lies_on[number] = ward
        else:
            self.moved("discharge", new_id(), self.stays[number])
            self.model.lies_on[number] = None
            self.model.left_from[number].add(before)

    def open(self, number, patient):
        """Open a chart because the patient is of the person's wards."""
        session = self.session(number)
        opened = self.proved(
            session.token, "SELECT auth.open_chart(%s, 'ward', NULL)", self.patients[patient]
        )
        named, _charts = self.model.reads(session)
        expected = named and patient in self.model.of_wards(session)
        assert (opened == [(True,)]) == bool(expected)
        if expected:
            session.by_ward.add(patient)

    def glass(self, number, patient):
        """Open a chart with a reason, on whatever ward the patient lies."""
        session = self.session(number)
        opened = self.proved(
            session.token, "SELECT auth.open_chart(%s, 'break_glass', %s)",
            self.patients[patient], GLASS,
        )  # fmt: skip
        may_open = session.is_live and self.model.has_role[session.login]
        expected = may_open and self.model.lies_on[patient] is not None
        assert (opened == [(True,)]) == expected
        if expected:
            session.by_glass.add(patient)

    def session(self, number):
        return self.model.sessions[number % len(self.model.sessions)]

    def check(self):
        """Ask every session for everything."""
        for session in self.model.sessions:
            found = tuple(
                {self.patients.index(id_) for (id_,) in
                 self.proved(session.token, question, self.patients)}
                for question in (READ_PATIENTS, READ_CHARTS)
            )  # fmt: skip
            assert found == self.model.reads(session), session.login
            self.check_chart(session, self.checks % PATIENTS)
        self.checks += 1

    def check_chart(self, session, number):
        """The function that reads one chart says the same; one patient each time."""
        stay = self.stays[number]
        was_read = self.proved(session.token, READ_CHART, stay) is not None
        has_come = self.model.lies_on[number] or self.model.left_from[number]
        assert was_read == bool(has_come and number in self.model.reads(session)[1])


@pytest.fixture
def station(intruder):
    """One connection of workstation alpha, where all of it happens."""
    with intruder.connection() as connection:
        yield connection


@settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(EVENTS, min_size=20, max_size=30))
def test_that_a_session_reads_what_the_model_says_after_whatever_happens(
    hospital, admin, intruder, station, events
):
    """[B01] [B03] [B06] Nothing more, and nothing less."""
    story = Story(admin, intruder, station)
    story.check()
    for name, *facts in events:
        getattr(story, name)(*facts)
        story.check()
