"""Allergies and flags of a patient, as the board and every banner show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AllergyStatus(StrEnum):
    """What is known of a patient's allergies; "none known" and "not recorded" differ."""

    NOT_RECORDED = "not_recorded"
    NONE_KNOWN = "none_known"
    PRESENT = "present"


class FlagKind(StrEnum):
    """Alerts that every screen about the patient carries."""

    ISOLATION = "isolation"
    FALLS = "falls"
    RESUSCITATION = "resuscitation"
    NIL_BY_MOUTH = "nil_by_mouth"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """One allergy or intolerance in force."""

    id: UUID
    substance: str
    reaction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag in force. `detail`: e.g. "contact", "DNACPR", "from 22:00"; None = no more said."""

    kind: FlagKind
    detail: str | None = None
