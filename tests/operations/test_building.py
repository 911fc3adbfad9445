"""`wardctl hospital | ward | room | bed`: a building by commands or from a file, or refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import psycopg
import pytest

from tests import steps, world
from tests.patience import PATIENCE_S, until
from ward_app.admissions.service import admit
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.building import plan
from ward_app.operations.building.beds import close_bed
from ward_app.operations.building.create import create
from ward_app.operations.building.lines import NEEDED
from ward_app.operations.building.plan import Made
from ward_app.operations.building.reading import read_plan
from ward_app.operations.staff_accounts import Office
from ward_app.rooms.bed_queries import bed_choices
from ward_app.rooms.bed_types import BedState
from ward_app.rooms.service import set_availability
from ward_app.rooms.types import Availability, BlockReason

WHO = ("--by", "Ivan, IT", "--reason", "New wing")
WORDS = "New wing. Decided by Ivan, IT."
HEADER = ",".join((*NEEDED, "specialty"))
BED = ("GH", "General Hospital", "Europe/London", "Main building", "Second floor", "2", "7A",
       "Ward 7A", "Bay A", "bay", "1", "General medicine")  # fmt: skip
COUNTS = """
SELECT (SELECT count(*) FROM public.facilities), (SELECT count(*) FROM room.buildings),
    (SELECT count(*) FROM room.floors), (SELECT count(*) FROM room.wards),
    (SELECT count(*) FROM room.rooms), (SELECT count(*) FROM room.beds),
    (SELECT count(*) FROM audit.change_logs)
"""
DECIDED = """
SELECT resource_type, resource_id, detail FROM audit.change_events
WHERE detail LIKE '%%Decided by%%' ORDER BY id
"""
NOTED = "SELECT detail FROM audit.change_events WHERE detail LIKE '%%Decided by%%' ORDER BY id"
TOML = """\
[hospital]
code = "GH"
name = "General Hospital"
time_zone = "Europe/London"

[[wards]]
code = "7A"
name = "Ward 7A"
building = "Main building"
floor = "Second floor"
level = 2

[[wards.rooms]]
name = "Bay A"
kind = "bay"
beds = ["1", "2"]

[[wards.rooms]]
name = "Side 1"
kind = "side_room"
beds = ["S1"]
"""


def line(**changes):
    """Return a line of the file: that of a good bed with changes."""
    words = dict(zip((*NEEDED, "specialty"), BED, strict=True)) | changes
    return ",".join(words.values())


@pytest.fixture
def wardctl(wardctl, admin_dsn):
    """Run a command against this test's hospital; return status, output and complaints."""
    return lambda *words: wardctl(*words, "--dsn", admin_dsn)


@pytest.fixture
def given(tmp_path):
    """Write a file of a building and return its name."""

    def write(*lines, name="house.csv"):
        file = tmp_path / name
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(file)

    return write


def counts(admin):
    return admin.execute(COUNTS).fetchone()


def test_that_a_hospital_is_made_step_by_step_and_stands_on_record(wardctl, admin):
    for words, said in (
        (("hospital", "create", "GH", "--name", "General Hospital", "--time-zone",
          "Europe/London"), "The hospital GH was made. Its wards: wardctl ward create.\n"),
        (("ward", "create", "7A", "--name", "Ward 7A", "--building", "Main", "--floor", "Second",
          "--level", "2", "--facility", "GH"),
         "The ward 7A was made. Its rooms: wardctl room create 7A …\n"),
        (("room", "create", "7A", "Bay A"),
         'Bay A was made. Its beds: wardctl bed create 7A "Bay A" …\n'),
        (("bed", "create", "7A", "Bay A", "1", "2", "10"), "Made in Bay A of 7A: 1, 2, 10.\n"),
    ):  # fmt: skip
        assert wardctl(*words, *WHO) == (0, said, ""), words
    assert "GH  General Hospital  Europe/London  1 ward, 3 beds" in wardctl("hospital", "list")[1]
    assert "7A  Ward 7A  GH  Main, Second  3 beds, 0 people" in wardctl("ward", "list")[1]
    assert wardctl("room", "list", "7a")[1] == "7A  Bay A  bay  3 beds\n"
    beds = json.loads(wardctl("bed", "list", "7A", "--json")[1])
    assert [(bed["label"], bed["availability"]) for bed in beds] == [
        ("1", "open"), ("2", "open"), ("10", "open"),
    ]  # fmt: skip
    status, said, complaint = wardctl("bed", "list", "9Z")
    assert (status, said) == (2, "")
    assert complaint == "There is no ward 9Z. `wardctl ward list` names them.\n"
    assert wardctl("room", "list", "9Z")[0] == 2
    assert wardctl("bed", "list", " 7a ")[1].startswith("7A  1  Bay A")
    for what in ("room", "bed"):
        status, said, complaint = wardctl(what, "list", "--facility", "NOPE")
        assert (status, said) == (2, "")
        assert "There is no hospital NOPE" in complaint
    noted = [detail for (detail,) in admin.execute(NOTED)]
    assert noted == [
        f"General Hospital: no ward, 0 rooms and 0 beds were made. {WORDS}",
        f"General Hospital: 7A, 0 rooms and 0 beds were made. {WORDS}",
        f"Room Bay A was made. {WORDS}",
        f"Beds 1, 2, 10 were made. {WORDS}",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hospital", "create", "MAIN", "--name", "Main Hospital", "--time-zone",
          "Europe/London"), "There is a hospital main"),
        (("hospital", "create", "GH", "--name", "G", "--time-zone", "Europe/Londn"),
         "Is Europe/London meant?"),
        (("hospital", "create", "G H", "--name", "G", "--time-zone", "UTC"), "is no code"),
        (("ward", "create", "EAST", "--name", "East", "--building", "A", "--floor", "Ground",
          "--level", "0", "--facility", "main"), "There is a ward east"),
        (("ward", "create", "new", "--name", "Ward 7 East", "--building", "A", "--floor",
          "Ground", "--level", "0", "--facility", "main"), "There is a ward east"),
        (("ward", "create", "new", "--name", "New", "--building", "A", "--floor", "Ground",
          "--level", "1", "--facility", "main"), "is level 0, and not 1"),
        (("ward", "create", "new", "--name", "New", "--building", "A", "--floor", "Ground",
          "--level", "0"), "Say which hospital"),
        (("room", "create", "east", "bay a"), "has a room bay a already"),
        (("room", "create", "nowhere", "Bay"), "There is no ward nowhere"),
        (("bed", "create", "east", "Bay Z", "7"), "has no room Bay Z"),
        (("bed", "create", "east", "Bay A", "7", "s1"), "has a bed s1 already"),
        (("bed", "create", "east", "Bay A", "a long label of a bed"), "Write 12 at most"),
        (("bed", "create", "east", "Bay A", "7a", "7A"), "One bed is named twice."),
        (("bed", "close", "east", "77", "--why", "staffing"), "has no bed 77"),
        (("bed", "reopen", "east", "1"), "is open"),
    ],
)  # fmt: skip
def test_that_what_cannot_be_is_refused_and_nothing_is_made(words, said, wardctl, admin):
    before = counts(admin)
    status, _, complaint = wardctl(*words, *WHO)
    assert (status, said in complaint) == (2, True), complaint
    assert counts(admin) == before


def test_that_nobody_builds_without_a_name_and_a_reason(wardctl, given, admin):
    before = counts(admin)
    file = given(HEADER, line())
    assert wardctl("hospital", "import", file)[0] == 2
    assert wardctl("hospital", "import", file, "--by", "Ivan, IT")[0] == 2
    assert "--reason" in wardctl("room", "create", "east", "Bay X", "--by", "x",
                                 "--reason", " ")[2]  # fmt: skip
    assert counts(admin) == before


@pytest.mark.parametrize("name", ["house.csv", "house.toml"])
def test_that_a_building_is_made_from_a_file_in_one_go(name, wardctl, given, admin):
    """A trial changes nothing; the second import is a double, and refused."""
    lines = [HEADER, line(), line(bed="2"), line(room="Side 1", kind="side_room", bed="S1")]
    file = given(*(lines if name.endswith("csv") else [TOML]), name=name)
    before = counts(admin)
    made = "General Hospital (new): 1 ward, 2 rooms and 3 beds"
    assert wardctl("hospital", "import", file, "--dry-run") == (
        0, f"{made} would be made; nothing was changed.\n", "",
    )  # fmt: skip
    assert counts(admin) == before
    assert wardctl("hospital", "import", file, *WHO) == (0, f"{made} were made.\n", "")
    beds = json.loads(wardctl("bed", "list", "7A", "--json")[1])
    assert [(bed["room"], bed["label"]) for bed in beds] == [
        ("Bay A", "1"), ("Bay A", "2"), ("Side 1", "S1"),
    ]  # fmt: skip
    [(noted,)] = admin.execute(NOTED).fetchall()
    assert noted.endswith(f"7A, 2 rooms and 3 beds were made. {WORDS}")
    before = counts(admin)
    status, _, said = wardctl("hospital", "import", file, *WHO)
    assert (status, "There is a ward 7A" in said) == (2, True)
    assert counts(admin) == before


def test_that_a_file_may_add_wards_to_a_hospital_that_is_there(wardctl, given, admin):
    here = {"hospital_code": "main", "hospital_name": "Main Hospital", "building": "A",
            "floor": "Ground", "level": "0"}  # fmt: skip
    before = counts(admin)
    wrong = given(HEADER, line(**here | {"hospital_name": "Main"}))
    assert "named “Main Hospital”" in wardctl("hospital", "import", wrong, *WHO)[2]
    status, said, _ = wardctl("hospital", "import", given(HEADER, line(**here)), *WHO)
    assert (status, said) == (0, "Main Hospital: 1 ward, 1 room and 1 bed were made.\n")
    assert [new - old for new, old in zip(counts(admin), before, strict=True)][:6] == [
        0, 0, 0, 1, 1, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "Line 1: column hospital_code is missing"),
        ((HEADER.replace("kind", "sort"), line()), "Line 1: column sort is not known"),
        ((HEADER,), "has no beds"),
        ((HEADER, line(kind="ward")), "Line 2, column kind: “ward” is no kind of room. Write"),
        ((HEADER, line(), line(bed="")), "Line 3, column bed: It is empty."),
        ((HEADER, line(level="second")), "Line 2, column level: “second” is no level."),
        ((HEADER, line(time_zone="GMT+1")), "Line 2, column time_zone: “GMT+1” is no time zone"),
        ((HEADER, line(), "", line()), "Line 4, column bed: bed “1” of ward 7A stands in line 2"),
        ((HEADER, line(), line(bed="2", ward_name="Ward 7")),
         "Line 3, column ward_name: “Ward 7”, and line 2 has “Ward 7A” for the same ward."),
        ((HEADER, line(), line(bed="2", ward_code="7a")),
         "Line 3, column ward_code: “7a”, and line 2 has “7A” for the same ward."),
        ((HEADER, line(), line(bed="2", hospital_code="XX")),
         "Line 3, column hospital_code: “XX”, and line 2 has “GH” for the same hospital."),
        ((HEADER, line(), line(ward_code="7B")),
         "Line 3, column ward_name: name “Ward 7A” of ward 7B stands in line 2 too."),
        ((HEADER, line() + ",more"), "Line 2 has 13 columns, the first line has 12."),
        ((HEADER, line(bed='"1')), "is no CSV"),
        ((HEADER, line(level="x"), line(bed="2")), "column level: “x” is no level."),
        ((HEADER, line(bed="1\u200b")), "a sign in it that cannot be seen"),
    ],
)  # fmt: skip
def test_that_a_wrong_file_is_refused_with_line_column_and_what_to_write(lines, said, given):
    with pytest.raises(RuleBrokenError) as refused:
        read_plan(Path(given(*lines)))
    assert said in str(refused.value)
    assert "level" not in said or str(refused.value).count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("level = 2", 'level = "two"', "Line 11, column level: “two” is no level."),
        ('kind = "side_room"', 'kind = "cell"', "Line 20, column kind: “cell” is no kind"),
        ('["S1"]', '["1"]', "Line 21, column bed: bed “1” of ward 7A stands in line 16 too."),
        ('code = "7A"', 'cod = "7A"', "Line 6: cod is not known. Write building, code,"),
        ('["S1"]', "[]", "Line 18: the room has no beds."),
        ("[hospital]", "[house]", "Line 1: there is no [hospital]."),
        ("[hospital]", "[hospital", "The file is no TOML"),
    ],
)
def test_that_a_wrong_toml_is_refused_with_its_line(old, new, said, given, tmp_path):
    given(TOML.replace(old, new, 1), name="house.toml")
    with pytest.raises(RuleBrokenError) as refused:
        read_plan(tmp_path / "house.toml")
    assert said in str(refused.value)


def test_that_every_wrong_line_is_told_at_once_and_not_without_end(given, tmp_path):
    given(HEADER, *(line(bed=str(number), kind="x" * number) for number in range(1, 31)))
    with pytest.raises(RuleBrokenError) as refused:
        read_plan(tmp_path / "house.csv")
    told = str(refused.value).splitlines()
    assert len(told) == 22
    assert told[1].startswith("Line 2, column kind")


def test_that_semicolons_and_a_byte_order_mark_of_a_spreadsheet_are_read(given, tmp_path):
    given("\ufeff" + HEADER.replace(",", ";"), line().replace(",", ";"))
    assert read_plan(tmp_path / "house.csv").wards[0].rooms[0].beds == ("1",)


def test_that_a_zone_the_server_does_not_know_is_refused(wardctl, monkeypatch):
    """Schedules are made by the server's zones."""
    monkeypatch.setattr(plan, "available_timezones", lambda: {"Moon/Base"})
    words = ("hospital", "create", "GH", "--name", "G", "--time-zone", "Moon/Base")
    assert "The server does not know the time zone Moon/Base" in wardctl(*words, *WHO)[2]


def test_that_of_two_imports_at_once_one_is_refused(given, tmp_path, admin_dsn, database_name):
    given(HEADER, line(), line(bed="2"))
    office = Office(admin_dsn, database_name, "Ivan, IT", "New wing")
    wanted = read_plan(tmp_path / "house.csv")
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(create, office, wanted) for _ in range(2)]
        refusals = [each.exception(PATIENCE_S) for each in both]
    [refusal] = [one for one in refusals if one is not None]
    assert "There is a ward 7A" in str(refusal)
    [made] = [each.result() for each in both if each.exception() is None]
    assert made == Made(hospitals=1, wards=1, rooms=1, beds=2)


def test_that_a_bed_is_closed_shown_and_opened_again(wardctl, database, nurse, admin):
    close = ("bed", "close", "east", "3", "--why", "maintenance", *WHO)
    assert wardctl(*close) == (0, "Bed 3 of east is closed.\n", "")
    assert "is closed already" in wardctl(*close)[2]
    assert f"east  3  Bay A  closed (maintenance) {WORDS}" in wardctl("bed", "list", "east")[1]
    with pytest.raises(RuleBrokenError):
        steps.admit(database, nurse, "Ada", "Late", label="3")
    assert wardctl("bed", "reopen", "east", "3", *WHO) == (0, "Bed 3 of east is open.\n", "")
    steps.admit(database, nurse, "Ada", "Late", label="3")
    assert [detail for (detail,) in admin.execute(NOTED)] == [
        f"Bed 3 was closed (maintenance). {WORDS}",
        f"Bed 3 was opened again. {WORDS}",
    ]


def test_that_a_bed_out_of_use_is_nowhere_until_it_is_used_again(wardctl, database, nurse, admin):
    """Its decisions stand in the trail, with the bed."""
    retire = ("bed", "retire", "east", "3", *WHO)
    assert wardctl(*retire) == (0, "Bed 3 of east is out of use.\n", "")
    assert "is out of use: wardctl bed reinstate" in wardctl(*retire)[2]
    assert "is out of use" in wardctl("bed", "close", "east", "3", "--why", "staffing", *WHO)[2]
    assert "It is out of use" in wardctl("bed", "create", "east", "Bay A", "3", *WHO)[2]
    assert "east  3 " not in wardctl("bed", "list", "east")[1]
    assert wardctl("bed", "list", "--retired")[1] == "east  3  Bay A  open\n"
    offered = database.read(nurse, lambda tx: bed_choices(tx, None, None))
    assert world.bed("east", "3") not in {bed.bed_id for bed in offered}
    with pytest.raises(RuleBrokenError, match="This bed is not in use on that ward"):
        steps.admit(database, nurse, "Ada", "Late", label="3")
    back = wardctl("bed", "reinstate", "east", "3", *WHO)
    assert back == (0, "Bed 3 of east is in use again.\n", "")
    assert "is in use" in wardctl("bed", "reinstate", "east", "3", *WHO)[2]
    steps.admit(database, nurse, "Ada", "Late", label="3")
    assert admin.execute(DECIDED).fetchall() == [
        ("room.beds", world.bed("east", "3"), f"Bed 3 was taken out of use. {WORDS}"),
        ("room.beds", world.bed("east", "3"), f"Bed 3 was put into use again. {WORDS}"),
    ]


def test_that_the_database_lets_nobody_take_an_occupied_bed_away(database, nurse, admin):
    """Whatever program asks: a ward's own, a tampered one, the administrator's."""
    steps.admit(database, nurse, "Ada", "Here", label="3")
    bed = world.bed("east", "3")
    with pytest.raises(psycopg.Error, match="Somebody lies in bed 3 of ward east") as refused:
        admin.execute("UPDATE room.beds SET is_active = false WHERE id = %s", (bed,))
    assert refused.value.sqlstate == "WA001"
    state = BedState(id=new_id(), bed_id=bed, occurred_at=datetime.now(UTC))
    with pytest.raises(RuleBrokenError, match="so it was not closed"):
        database.run(
            nurse,
            set_availability,
            state,
            Availability.CLOSED,
            block_reason=BlockReason.STAFFING,
            expected_end_at=None,
        )
    assert admin.execute("SELECT count(*) FROM room.bed_availability").fetchone() == (0,)


def test_that_a_bed_that_somebody_lies_in_is_not_closed(wardctl, database, nurse):
    steps.admit(database, nurse, "Ada", "Here", label="3")
    status, _, said = wardctl("bed", "close", "east", "3", "--why", "staffing", *WHO)
    assert status == 2
    assert said.startswith("Somebody lies in bed 3 of ward east, so it was not closed.")
    assert "Here" not in said
    status, _, said = wardctl("bed", "retire", "east", "3", *WHO)
    assert (status, "so it was not taken out of use. Move them first." in said) == (2, True)
    assert "east  3  Bay A  somebody lies in it" in wardctl("bed", "list", "east")[1]


def test_that_of_an_admission_and_a_closing_at_once_the_later_finds_the_bed_taken(
    admin_dsn, database_name, database, nurse, admin
):
    """The closing waits for the bed, as admissions do for one another."""
    patient = steps.register(database, nurse, "Ada", "Meets")
    placed, may_end = Event(), Event()

    def admitted(tx):
        admit(tx, steps.an_admission(patient.id, "east", "3"))
        placed.set()
        assert may_end.wait(PATIENCE_S)

    def waits():
        return admin.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]

    office = Office(admin_dsn, database_name, "Ivan, IT", "Too few staff")
    with ThreadPoolExecutor(2) as threads:
        admission = threads.submit(database.run, nurse, admitted)
        assert placed.wait(PATIENCE_S)
        closing = threads.submit(
            close_bed, office, "east", "3", BlockReason.STAFFING, facility=None
        )
        until(waits)
        may_end.set()
        admission.result(PATIENCE_S)
        with pytest.raises(RuleBrokenError, match="Somebody lies in bed 3"):
            closing.result(PATIENCE_S)
