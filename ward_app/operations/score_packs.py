"""Score packs as IT sets them for a hospital: registered, live, on trial or disabled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.observations.packs import load_pack
from ward_app.observations.rules import AgeRange, PackStatus, ScorePack
from ward_app.operations.decision import deciding

_SITE = """
SELECT p.name, p.version, p.hash, p.title, f.code, coalesce(u.use, 'disabled'), u.signed_off_by,
    u.reason, u.set_by, u.occurred_at
FROM report.score_packs p
CROSS JOIN public.facilities f
LEFT JOIN LATERAL (
    SELECT s.* FROM report.score_pack_uses s
    WHERE s.pack_id = p.id AND (s.facility_id IS NULL OR s.facility_id = f.id)
    ORDER BY s.facility_id NULLS LAST, s.seq DESC LIMIT 1) u ON true
ORDER BY f.code, p.recorded_at, p.name
"""
_REGISTERED = "SELECT name, hash FROM report.score_packs"
_VERSIONS = """
SELECT p.id, p.name, p.version, p.title, p.from_months, p.below_months, p.pregnancy,
    p.needs_sign_off, coalesce(u.use, 'disabled')
FROM report.score_packs p LEFT JOIN report.packs_in_use(%s) u ON u.pack_id = p.id
ORDER BY p.recorded_at DESC
"""
_FACILITIES = "SELECT code, id FROM public.facilities ORDER BY code"
_REGISTER = "INSERT INTO report.score_packs (id, content) VALUES (%s, %s) ON CONFLICT DO NOTHING"
# two who set something at once do so one after the other: of packs for the same patients only
# one may be live
_LOCK = "LOCK TABLE report.score_pack_uses IN SHARE ROW EXCLUSIVE MODE"
_SET = """
INSERT INTO report.score_pack_uses (id, facility_id, pack_id, use, signed_off_by, reason, set_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class SitePack:
    """A registered pack and the use a hospital makes of it.

    Attributes:
        facility: code of the hospital.
        signed_off_by, reason, set_by, since: None when nothing was ever set.
    """

    name: str
    version: str
    hash: str
    title: str
    facility: str
    use: PackStatus
    signed_off_by: str | None
    reason: str | None
    set_by: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUse:
    """The use to be made of a pack.

    Attributes:
        version: None = the one registered last.
        signed_off_by: the clinician, by name; needed to go live with what rests on general
            knowledge alone.
        set_by: who sets it, by name.
        facility: code of the hospital, None when the database has only one.
    """

    name: str
    use: PackStatus
    reason: str
    set_by: str
    signed_off_by: str | None = None
    version: str | None = None
    facility: str | None = None


@dataclass(frozen=True, slots=True)
class _Version:
    """One registered version, as a change of use needs to know it."""

    id: Any
    name: str
    version: str
    title: str
    ages: AgeRange
    pregnancy: str
    needs_sign_off: list[str]
    use: PackStatus


def site_packs(admin_dsn: str, *, database: str) -> list[SitePack]:
    """Return every registered pack with its use, hospital by hospital.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with deciding(admin_dsn, database) as connection:
        rows = connection.execute(_SITE).fetchall()
    return [_site_pack(*row) for row in rows]


def registered_hashes(admin_dsn: str, *, database: str) -> dict[str, set[str]]:
    """Return the hashes of every registered version, by the pack's name.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    found: dict[str, set[str]] = {}
    with deciding(admin_dsn, database) as connection:
        for name, digest in connection.execute(_REGISTERED):
            found.setdefault(name, set()).add(digest)
    return found


def register(admin_dsn: str, path: Path, *, database: str) -> ScorePack:
    """Register a pack's file and return it; it is disabled until `set_use` says otherwise.

    Registering the same file again changes nothing.

    Raises:
        ConfigurationError: the file is damaged, or does not score as its own tests say.
        RuleBrokenError: another content of that name and version is registered already.
        DatabaseUnavailableError: the server cannot be reached.
    """
    pack = load_pack(path)
    known = registered_hashes(admin_dsn, database=database)
    with deciding(admin_dsn, database) as connection:
        connection.execute(_REGISTER, (new_id(), path.read_text(encoding="utf-8")))
        after = connection.execute(_REGISTERED).fetchall()
    if (pack.name, pack.hash) not in after:
        raise RuleBrokenError(
            f"Version {pack.version} of {pack.name} is registered with another content "
            f"({len(known.get(pack.name, ()))} versions). Give the file a version of its own."
        )
    return pack


def set_use(admin_dsn: str, wanted: NewUse, *, database: str) -> str:
    """Set the use of a pack from now on and return its version; what was before stays on record.

    Another version of the same pack that was live is disabled. Sets that are stored keep the
    score they have.

    Raises:
        RuleBrokenError: there is no such pack or hospital, a reason or a name is missing, or
            another pack is live for the same patients.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if not wanted.reason.strip():
        raise RuleBrokenError("Say why: --reason.")
    if not wanted.set_by.strip():
        raise RuleBrokenError("Say who sets it: --by 'name and role'.")
    with deciding(admin_dsn, database) as connection:
        connection.execute(_LOCK)
        facility_id = _facility(connection, wanted.facility)
        versions = [_version(row) for row in connection.execute(_VERSIONS, (facility_id,))]
        chosen = _chosen(versions, wanted)
        if wanted.use is PackStatus.LIVE:
            _check_live(chosen, versions, wanted)
        before = [one for one in versions if _gives_way(one, chosen, wanted)]
        for one, use in [*((one, PackStatus.DISABLED) for one in before), (chosen, wanted.use)]:
            signed = (wanted.signed_off_by or "").strip() or None
            values = (wanted.reason.strip(), wanted.set_by.strip())
            connection.execute(_SET, (new_id(), facility_id, one.id, use.value, signed, *values))
    return chosen.version


def _site_pack(*row: Any) -> SitePack:
    name, version, digest, title, facility, use, signed_off_by, reason, set_by, since = row
    return SitePack(
        name=name,
        version=version,
        hash=digest,
        title=title,
        facility=facility,
        use=PackStatus(use),
        signed_off_by=signed_off_by,
        reason=reason,
        set_by=set_by,
        since=since,
    )


def _version(row: tuple[Any, ...]) -> _Version:
    pack_id, name, version, title, start, end, pregnancy, needs, use = row
    ages = AgeRange(start, end)
    return _Version(pack_id, name, version, title, ages, pregnancy, needs, PackStatus(use))


def _facility(connection: psycopg.Connection[TupleRow], code: str | None) -> Any:
    rows = connection.execute(_FACILITIES).fetchall()
    found = [row[1] for row in rows if code in {None, row[0]}]
    if len(found) != 1:
        codes = ", ".join(row[0] for row in rows)
        raise RuleBrokenError(f"Say which hospital is meant: {codes}.")
    return found[0]


def _chosen(versions: list[_Version], wanted: NewUse) -> _Version:
    """Return the version that is meant; the one registered last comes first."""
    for one in versions:
        if one.name == wanted.name and wanted.version in {None, one.version}:
            return one
    known = ", ".join(f"{one.name} {one.version}" for one in reversed(versions))
    raise RuleBrokenError(f"No such score pack is registered. There is: {known}.")


def _check_live(chosen: _Version, versions: list[_Version], wanted: NewUse) -> None:
    if chosen.needs_sign_off and not (wanted.signed_off_by or "").strip():
        what = ", ".join(chosen.needs_sign_off)
        raise RuleBrokenError(
            f"{chosen.title} rests on general knowledge in part ({what}). Name the clinician "
            "who has signed it off: --signed-off-by 'name and role'."
        )
    for one in versions:
        if one.use is PackStatus.LIVE and one.name != chosen.name and _overlap(one, chosen):
            raise RuleBrokenError(
                f"{one.title} is live for the same patients. Disable it first: "
                f"wardctl packs use {one.name} disabled --reason '…'."
            )


def _gives_way(one: _Version, chosen: _Version, wanted: NewUse) -> bool:
    """Whether a version of the same pack must not stay live beside the one that goes live."""
    return (
        wanted.use is PackStatus.LIVE
        and one.use is PackStatus.LIVE
        and one.name == chosen.name
        and one.id != chosen.id
    )


def _overlap(one: _Version, other: _Version) -> bool:
    starts = max(one.ages.from_months or 0, other.ages.from_months or 0)
    return one.pregnancy == other.pregnancy and (
        one.ages.holds(starts) and other.ages.holds(starts)
    )
