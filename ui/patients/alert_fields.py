"""Fields for allergies and flags, and the changes that were made in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ui.patients.banner import FLAG_WORDS
from ui.widgets.form import Check, Field, Form, Text
from ward_app.patients.types import (
    Allergy,
    AllergyStatus,
    Flag,
    FlagChange,
    FlagKind,
    Refutation,
)

_DETAIL_EXAMPLES = {
    FlagKind.ISOLATION: "contact, droplet …",
    FlagKind.RESUSCITATION: "DNACPR …",
    FlagKind.NIL_BY_MOUTH: "from 22:00 …",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """What is on record of a patient's allergies and flags."""

    status: AllergyStatus
    allergies: tuple[Allergy, ...]
    flags: tuple[Flag, ...]


def flag_fields(flags: tuple[Flag, ...] = ()) -> tuple[Field, ...]:
    """Return a tick for each flag, with its detail beside it where it has one."""
    in_force = {flag.kind: flag for flag in flags}
    # those with a detail fill a line each, the others share one
    kinds = sorted(FlagKind, key=lambda kind: kind not in _DETAIL_EXAMPLES)
    return tuple(field for kind in kinds for field in _fields_of(kind, in_force.get(kind)))


def _fields_of(kind: FlagKind, flag: Flag | None) -> Iterator[Field]:
    tick = Check(FLAG_WORDS[kind])
    yield Field(name=kind, label="", kind=tick, value=flag is not None, half=True)
    if (example := _DETAIL_EXAMPLES.get(kind)) is not None:
        text = Text(example)
        detail = flag.detail if flag else None
        yield Field(name=_detail_name(kind), label="", kind=text, value=detail, half=True)


def show_flag_details(form: Form) -> None:
    """Show the detail of each ticked flag, and hide the others."""
    for kind in _DETAIL_EXAMPLES:
        form.set_shown(_detail_name(kind), shown=bool(form.value(kind)))


def ticked_flags(values: Mapping[str, Any]) -> tuple[Flag, ...]:
    """Return the flags that are ticked, with their details."""
    return tuple(
        Flag(kind=kind, detail=values.get(_detail_name(kind))) for kind in FlagKind if values[kind]
    )


def flags_changed(
    before: tuple[Flag, ...],
    after: tuple[Flag, ...],
    *,
    patient_id: UUID,
    occurred_at: datetime,
    reason: str | None,
    ids: Mapping[str, UUID],
) -> tuple[FlagChange, ...]:
    """Return one change for each flag put up, taken down or given another detail.

    Args:
        before: on record.
        after: as ticked now.
        patient_id: whose flags.
        occurred_at: when, aware.
        reason: why flags are taken down or somebody is marked private, None when neither is.
        ids: gives each change the same id however often the entry is saved.
    """
    put_up = [(flag, True) for flag in after if flag not in before]
    still_up = {flag.kind for flag in after}
    taken_down = [(flag, False) for flag in before if flag.kind not in still_up]
    return tuple(
        FlagChange(
            id=ids[f"{flag.kind} {flag.detail} {active}"],
            patient_id=patient_id,
            kind=flag.kind,
            active=active,
            occurred_at=occurred_at,
            detail=flag.detail,
            reason=None if active and flag.kind is not FlagKind.PRIVACY else reason,
        )
        for flag, active in (*put_up, *taken_down)
    )


def substances_named(
    text: str | None, ids: Mapping[str, UUID], reaction: str | None = None
) -> tuple[Allergy, ...]:
    """Return one allergy per substance; commas, semicolons and "and" part them."""
    names = dict.fromkeys(name.strip() for name in re.split(r"[,;]|\band\b", text or ""))
    return tuple(
        Allergy(id=ids[name.casefold()], substance=name, reaction=reaction)
        for name in names
        if name
    )


def allergy_fields(alerts: Alerts) -> tuple[Field, ...]:
    """Return a tick for each allergy on record, and the fields to add some."""
    last = len(alerts.allergies) - 1
    on_record = tuple(
        Field(
            name=str(each.id),
            label="",
            kind=Check(_allergy_words(each)),
            value=True,
            # an odd one out fills its line, so that the next two fields stay side by side
            half=place < last or place % 2 == 1,
        )
        for place, each in enumerate(alerts.allergies)
    )
    none_known = Field(
        name="none_known",
        label="",
        kind=Check("No known allergies (the patient was asked)"),
        value=alerts.status is AllergyStatus.NONE_KNOWN,
    )
    return (
        *(on_record or (none_known,)),
        Field(
            name="substances",
            label="Also allergic to" if on_record else "Allergic to",
            kind=Text("Penicillin, latex, nuts …"),
            half=True,
        ),
        Field(name="reaction", label="What happens", kind=Text("Rash, wheeze …"), half=True),
    )


def refuted(
    alerts: Alerts, values: Mapping[str, Any], reason: str | None, ids: Mapping[str, UUID]
) -> tuple[Refutation, ...]:
    """Return one refutation for each allergy on record whose tick was taken away."""
    return tuple(
        Refutation(id=ids[f"refute {each.id}"], allergy_id=each.id, reason=reason or "")
        for each in alerts.allergies
        if not values[str(each.id)]
    )


def _detail_name(kind: FlagKind) -> str:
    return f"{kind} detail"


def _allergy_words(allergy: Allergy) -> str:
    return f"{allergy.substance} ({allergy.reaction})" if allergy.reaction else allergy.substance
