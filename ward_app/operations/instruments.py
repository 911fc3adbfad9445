"""Instruments as IT sets them: loaded with the permission to use them, in use ward by ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from ward_app.assessments.pack import load_instrument, read_instrument
from ward_app.assessments.types import Instrument, Reassess
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.decision import deciding, require_decider

_LOADED = """
SELECT name, version, hash, title, content, is_free, permission, loaded_by, recorded_at
FROM report.instruments ORDER BY name, recorded_at
"""
_ON_WARDS = """
SELECT f.code, w.code, w.name, i.name, i.version, coalesce(u.in_use, false), u.reassess, u.reason,
    u.set_by, u.recorded_at, u.ward_id IS NULL
FROM room.wards w
JOIN public.facilities f ON f.id = w.facility_id
JOIN LATERAL (
    SELECT DISTINCT ON (s.name) s.* FROM report.instrument_uses s
    WHERE s.ward_id IS NULL OR s.ward_id = w.id
    ORDER BY s.name, s.ward_id NULLS LAST, s.seq DESC) u ON true
JOIN report.instruments i ON i.id = u.instrument_id
ORDER BY f.code, w.code, i.name
"""
_VERSIONS = """
SELECT id, version, content FROM report.instruments WHERE name = %s ORDER BY recorded_at DESC
"""
_NAMES = "SELECT DISTINCT name FROM report.instruments ORDER BY name"
_WARDS = "SELECT id, code FROM room.wards ORDER BY code"
_LOAD = """
INSERT INTO report.instruments (id, content, permission, loaded_by) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_USE = """
INSERT INTO report.instrument_uses (id, ward_id, instrument_id, in_use, reassess, reason, set_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedInstrument:
    """A registered version.

    Attributes:
        permission: by which the site may use it; None = it is free.
        loaded_at: aware.
    """

    name: str
    version: str
    hash: str
    title: str
    content: str
    is_free: bool
    permission: str | None
    loaded_by: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WardInstrument:
    """What a ward does with an instrument.

    Attributes:
        facility, ward: their codes.
        reassess: when it is due, in minutes; None = not by itself.
        delivered: the ward set nothing; it is as delivered.
    """

    facility: str
    ward: str
    ward_name: str
    name: str
    version: str
    in_use: bool
    reassess: dict[str, Any] | None
    reason: str
    set_by: str
    since: datetime
    delivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstrumentUse:
    """The use to be made of an instrument.

    Attributes:
        wards: codes; empty = every ward.
        reassess: when it is due from then on; None = not by itself.
        version: None = the one loaded last.
        set_by: who decided it, by name.
    """

    name: str
    in_use: bool
    reason: str
    set_by: str
    wards: tuple[str, ...] = ()
    reassess: Reassess | None = None
    version: str | None = None


def loaded_instruments(admin_dsn: str, *, database: str) -> list[LoadedInstrument]:
    """Return every registered version, by name, the oldest first.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with deciding(admin_dsn, database) as connection:
        return [_loaded(*row) for row in connection.execute(_LOADED)]


def instruments_on_wards(admin_dsn: str, *, database: str) -> list[WardInstrument]:
    """Return what every ward does with every instrument.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with deciding(admin_dsn, database) as connection:
        return [_on_ward(*row) for row in connection.execute(_ON_WARDS)]


def load(
    admin_dsn: str, path: Path, *, database: str, loaded_by: str, permission: str | None
) -> Instrument:
    """Load an instrument's file and return it; no ward uses it until `set_use` says so.

    Loading the same file again changes nothing.

    Raises:
        ConfigurationError: the file is damaged, or does not come out as its own tests say.
        RuleBrokenError: it does not say who loads it or, where it is not free, by which
            permission; or another content of that name and version is loaded already.
        DatabaseUnavailableError: the server cannot be reached.
    """
    found = load_instrument(path)
    words = (permission or "").strip() or None
    if not loaded_by.strip():
        raise RuleBrokenError("Say who loads it: --by 'name and role'.")
    if not found.licence.free and words is None:
        raise RuleBrokenError(
            f"{found.title} is not free ({found.licence.holder}): {found.licence.text} "
            "Say by which permission it is used here: --permission '…'."
        )
    content = path.read_text(encoding="utf-8")
    with deciding(admin_dsn, database) as connection:
        connection.execute(_LOAD, (new_id(), content, words, loaded_by.strip()))
        stored = {one.hash for one in _stored(connection)}
    if found.hash not in stored:
        raise RuleBrokenError(
            f"Version {found.version} of {found.name} is loaded with another content. "
            "Give the file a version of its own."
        )
    return found


def set_use(admin_dsn: str, wanted: NewInstrumentUse, *, database: str) -> tuple[str, list[str]]:
    """Set the use of an instrument from now on; return its version and the wards, by code.

    What was in force stays on record, and so does every result by the version it was made with.

    Raises:
        RuleBrokenError: there is no such instrument or ward, a reason or a name is missing, or
            the times are not possible.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if not wanted.reason.strip():
        raise RuleBrokenError("Say why: --reason.")
    require_decider(wanted.set_by)
    with deciding(admin_dsn, database) as connection:
        instrument_id, version = _chosen(connection, wanted)
        wards = _wards(connection, wanted.wards)
        reassess = None if wanted.reassess is None else Jsonb(_as_stored(wanted.reassess))
        for ward_id, _code in wards:
            values = (ward_id, instrument_id, wanted.in_use, reassess)
            words = (wanted.reason.strip(), wanted.set_by.strip())
            connection.execute(_USE, (new_id(), *values, *words))
    return version, [code for _id, code in wards]


def _stored(connection: psycopg.Connection[TupleRow]) -> list[LoadedInstrument]:
    return [_loaded(*row) for row in connection.execute(_LOADED)]


def _chosen(connection: psycopg.Connection[TupleRow], wanted: NewInstrumentUse) -> tuple[Any, str]:
    """Return id and version of what is meant; the one loaded last comes first."""
    for instrument_id, version, content in connection.execute(_VERSIONS, (wanted.name,)):
        if wanted.version in {None, version}:
            read_instrument(content, wanted.name)
            return instrument_id, version
    known = ", ".join(row[0] for row in connection.execute(_NAMES))
    raise RuleBrokenError(f"No such instrument is loaded. There is: {known}.")


def _wards(
    connection: psycopg.Connection[TupleRow], codes: tuple[str, ...]
) -> list[tuple[Any, str]]:
    every = connection.execute(_WARDS).fetchall()
    unknown = set(codes) - {code for _id, code in every}
    if unknown:
        known = ", ".join(code for _id, code in every)
        raise RuleBrokenError(f"There is no ward {', '.join(sorted(unknown))}. There is: {known}.")
    return [(ward_id, code) for ward_id, code in every if not codes or code in codes]


def _as_stored(reassess: Reassess) -> dict[str, Any]:
    stored: dict[str, Any] = {"after": [event.value for event in reassess.after]}
    if reassess.first_minutes is not None:
        stored["first_minutes"] = reassess.first_minutes
    if reassess.again_minutes is not None:
        stored["again_minutes"] = reassess.again_minutes
    if reassess.by_band:
        stored["by_band"] = dict(reassess.by_band)
    return stored


def _loaded(*row: Any) -> LoadedInstrument:
    names = LoadedInstrument.__slots__
    return LoadedInstrument(**dict(zip(names, row, strict=True)))


def _on_ward(*row: Any) -> WardInstrument:
    names = WardInstrument.__slots__
    return WardInstrument(**dict(zip(names, row, strict=True)))
