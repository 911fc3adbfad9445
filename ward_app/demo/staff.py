"""The people who work in the simulated hospital. Their password is published on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ward_app.demo.hospital import ADMISSIONS_UNIT, FIVE_NORTH, FOUR_WEST, SEVEN_EAST, id_of

PASSWORD = "demo"  # noqa: S105 - of invented people; seeding refuses a database for care
PIN = "480263"
NURSE = "nurse"
SECOND_NURSE = "nurse2"
THIRD_NURSE = "nurse3"
CHARGE_NURSE = "charge"
AUDITOR = "auditor"
IT = "it"
_EVERYWHERE = (SEVEN_EAST.code, FOUR_WEST.code, ADMISSIONS_UNIT.code, FIVE_NORTH.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who signs in.

    Attributes:
        role: name of the role in the database.
        wards: codes of the wards assigned.
        stays_open: never locked by itself (a screen on the wall).
    """

    login: str
    name: str
    profession: str
    role: str
    wards: tuple[str, ...] = ()
    stays_open: bool = False

    @property
    def id(self) -> UUID:
        """Id of the person."""
        return id_of("staff", self.login)

    @property
    def badge(self) -> str:
        """What a reader would type for the person's badge."""
        return f"70{self.login.upper():0>8}"


def _nurse(login: str, name: str, *wards: str) -> StaffMember:
    return StaffMember(
        login=login, name=name, profession="Registered nurse", role="nurse", wards=wards
    )


def _charge_nurse(login: str, name: str, ward: str) -> StaffMember:
    return StaffMember(
        login=login, name=name, profession="Charge nurse", role="charge_nurse", wards=(ward,)
    )


STAFF = (
    _nurse(NURSE, "Nadia Holm", "7E"),
    _nurse(SECOND_NURSE, "Tomasz Wrona", "7E"),
    _nurse(THIRD_NURSE, "Grace Achebe", "7E", "AAU"),
    _nurse("nurse4w", "Liam Corrigan", "4W"),
    _nurse("nurse4w2", "Sunita Rao", "4W"),
    _nurse("nurseaau", "Hana Kimura", "AAU"),
    _nurse("nurse5n", "Blessing Moyo", "5N"),
    _charge_nurse(CHARGE_NURSE, "Ines Carvalho", "7E"),
    _charge_nurse("charge4w", "Owen Pritchard", "4W"),
    _charge_nurse("chargeaau", "Yusuf Demir", "AAU"),
    _charge_nurse("charge5n", "Marta Kovacs", "5N"),
    StaffMember(
        login="assistant",
        name="Jo Tanner",
        profession="Healthcare assistant",
        role="healthcare_assistant",
        wards=("7E",),
    ),
    StaffMember(
        login="manager",
        name="Farah Siddiqui",
        profession="Ward manager",
        role="ward_manager",
        wards=("7E", "4W"),
    ),
    StaffMember(
        login="doctor",
        name="Kwame Mensah",
        profession="Consultant physician",
        role="doctor",
        wards=("7E", "AAU"),
    ),
    StaffMember(
        login="coordinator",
        name="Bea Hollis",
        profession="Bed coordinator",
        role="bed_coordinator",
        wards=_EVERYWHERE,
    ),
    StaffMember(
        login="wall",
        name="Wall screen, Ward 7 East",
        profession="Display",
        role="wall_display",
        wards=("7E",),
        stays_open=True,
    ),
    StaffMember(login=AUDITOR, name="Ruth Adeyemi", profession="Auditor", role="auditor"),
    StaffMember(
        login="admin", name="Piotr Zielak", profession="Administrator", role="administrator"
    ),
    StaffMember(login=IT, name="Mika Salo", profession="IT engineer", role="it"),
)


def charting_staff(ward_code: str) -> tuple[StaffMember, ...]:
    """Return who charts on a ward."""
    charting = ("nurse", "charge_nurse", "healthcare_assistant")
    return tuple(one for one in STAFF if ward_code in one.wards and one.role in charting)
