import gc
import weakref
from zoneinfo import ZoneInfo

import pytest

from tests.admissions.builders import NOW, a_patient_in_bed
from ui import theme
from ui.patients.banner import PatientBanner

ZONE = ZoneInfo("Europe/London")


@pytest.fixture
def said(qtbot):
    """What the banner says of a row, as a screen reader gets it."""

    def show(row):
        banner = PatientBanner()
        qtbot.addWidget(banner)
        banner.show_patient(row, NOW, ZONE)
        return banner.accessibleName()

    return show


def test_that_the_banner_says_all_that_identifies_and_endangers_the_patient(said):
    text = said(a_patient_in_bed())
    for words in (
        "Bed 4, Bay A",
        "OKAFOR, Ada (Ms)",
        "born 03-Apr-1948, 78 y",
        "Female",
        "400 123 4567",
        "Allergies: Penicillin, Latex",
        "Isolation: contact",
        "Falls risk",
        "Ward day 3",
        "Expected discharge 24-Nov-2026",
        "Dr R. Mehta",
    ):
        assert words in text


def test_that_a_patient_without_a_bed_is_said_loudly(qtbot):
    banner = PatientBanner()
    qtbot.addWidget(banner)
    banner.show_patient(a_patient_in_bed(bed_label=None, bed_id=None), NOW, ZONE)
    assert banner.place.text() == "⚠&nbsp;No&nbsp;bed"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("none_known", "No known allergies"),
        ("not_recorded", "Allergies not recorded"),
        (None, "Allergies not recorded"),
    ],
)
def test_that_none_known_and_not_recorded_differ(said, status, words):
    assert words in said(a_patient_in_bed(allergy_status=status, allergies=()))


def test_that_what_is_not_known_is_said_to_be_not_known(said):
    text = said(a_patient_in_bed(born_on=None, expected_discharge_on=None, consultant=None))
    assert "date of birth not known" in text
    assert "No expected discharge date" in text
    assert "No consultant recorded" in text


def test_that_like_names_carry_a_mark(said):
    assert "Like name" in said(a_patient_in_bed(alike_name=True))


def test_that_a_name_cannot_smuggle_in_markup(qtbot):
    banner = PatientBanner()
    qtbot.addWidget(banner)
    banner.show_patient(a_patient_in_bed(given="<b>Ada</b>"), NOW, ZONE)
    assert "&lt;b&gt;" in banner.name.text()


def test_that_the_banner_is_freed(qtbot):
    banner = PatientBanner()
    banner.show_patient(a_patient_in_bed(), NOW, ZONE)
    gone = weakref.ref(banner)
    del banner
    gc.collect()
    assert gone() is None


def test_that_the_banner_follows_a_change_of_colours(qtbot, qapp):
    theme.apply(qapp, theme.Scheme.LIGHT)
    banner = PatientBanner()
    qtbot.addWidget(banner)
    banner.show_patient(a_patient_in_bed(), NOW, ZONE)
    light = banner.alerts.text()
    theme.apply(qapp, theme.Scheme.DARK)
    qtbot.waitUntil(lambda: banner.alerts.text() != light)
