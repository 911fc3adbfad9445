"""How devices read: where they are, how long, what the last look came to. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from ui.devices.line import DeviceLine
from ui.formats import due_text, duration_text, moment_text
from ui.patients.banner import place_text
from ui.widgets.rows_table import RowColumn
from ward_app.devices.rules import (
    action,
    due_out_at,
    in_place,
    is_check_overdue,
    is_due_out,
    is_in_place,
    next_check_at,
)
from ward_app.devices.types import (
    DeviceKind,
    Entry,
    HistoryItem,
    RemovalReason,
    Scheme,
    Tip,
)

TOPIC = "devices"
REMOVAL_WORDS = {
    RemovalReason.NOT_NEEDED: "Not needed any more",
    RemovalReason.DUE_OUT: "Due out",
    RemovalReason.PHLEBITIS: "Phlebitis",
    RemovalReason.INFECTION: "Infection suspected",
    RemovalReason.BLOCKED: "Blocked",
    RemovalReason.LEAKING: "Leaking",
    RemovalReason.FELL_OUT: "Fell or was pulled out",
    RemovalReason.REPLACED: "Replaced",
    RemovalReason.OTHER: "Another reason",
}
TIP_WORDS = {
    Tip.INTACT: "tip intact",
    Tip.NOT_INTACT: "tip NOT intact",
    Tip.NOT_SEEN: "tip not looked at",
}
_GLYPHS = "●■▲◆"
_TOKENS = ("risk_none", "risk_low", "risk_medium", "risk_high")
_NOT_LOOKED = "?"
_OF_A_LOOK = ("well", "concern")


def device_text(kind: DeviceKind, site: str, side: str | None, size: str | None) -> str:
    """Return "Peripheral cannula, left forearm, 20 G"."""
    where = f"{side} {site}" if side in {"left", "right"} else site
    return ", ".join(part for part in (kind.title, where, size) if part)


def line_text(line: DeviceLine) -> str:
    """Return what a device is, where, and of what size."""
    device = line.device
    return device_text(line.kind, device.site, device.side, device.size)


def score_text(scheme: Scheme, score: int | None, at_least: int | None) -> str:
    """Return "▲ VIP 2", "■ VIP at least 1" or "? not looked at"; of a short look "● well"."""
    if at_least is None:
        return f"{_NOT_LOOKED} not looked at"
    if len(scheme.actions) == len(_OF_A_LOOK):
        words = "incomplete" if score is None and not at_least else _OF_A_LOOK[at_least]
        return f"{_glyph(scheme, at_least)} {words}"
    number = str(at_least) if score is not None else f"at least {at_least}"
    return f"{_glyph(scheme, at_least)} {scheme.title} {number}"


def action_text(scheme: Scheme, score: int | None, at_least: int | None) -> str:
    """Return what is to be done: "Resite"; of an incomplete look also that it is."""
    if at_least is None:
        return "Look at the site"
    if score is None and at_least < scheme.act_from:
        return "Incomplete: look again"
    return action(scheme, at_least).capitalize()


def score_token(scheme: Scheme, at_least: int | None) -> str | None:
    """Return the colour token of a score; None = the usual one."""
    return None if at_least is None else _TOKENS[_loudness(scheme, at_least)]


def signs_text(scheme: Scheme, signs: Mapping[str, object]) -> str:
    """Return "Pain, redness" of the signs there, and what was not looked for."""
    there = [sign.words.split(" (")[0] for sign in scheme.signs if signs.get(sign.name)]
    missing = [sign.words.split(" (")[0] for sign in scheme.signs if sign.name not in signs]
    text = "; ".join(there) or "no sign"
    return f"{text} (not looked for: {', '.join(missing).lower()})" if missing else text


def place_time_text(line: DeviceLine, now: datetime, zone: tzinfo) -> str:
    """Return "2 d 5 h, day 3": elapsed, then calendar days with the day of insertion day 1."""
    found = in_place(line.device, now, zone)
    if found is None:
        return "not known"
    return f"{duration_text(timedelta(minutes=found.minutes))}, day {found.day}"


def next_look_text(line: DeviceLine, now: datetime) -> str:
    """Return when the site is to be looked at: "▲ overdue 2 h 05 min"."""
    due_at = next_check_at(line.device)
    if due_at is None:
        return ""
    text = due_text(due_at, now)
    return f"▲ {text}" if is_check_overdue(line.device, now) else text


def note_text(line: DeviceLine, now: datetime, zone: tzinfo) -> str:
    """Return what else matters: removed when and why, due out, a note."""
    device = line.device
    if not is_in_place(device):
        reason = REMOVAL_WORDS[RemovalReason(device.removal_reason or "other")]
        tip = TIP_WORDS[Tip(device.tip or "not_seen")]
        return f"Out {moment_text(device.removed_at, zone, now)}: {reason.lower()}, {tip}"
    out_at = due_out_at(device)
    parts = []
    if out_at is not None:
        mark = "▲ was due out" if is_due_out(device, now) else "due out"
        parts.append(f"{mark} {moment_text(out_at, zone, now)}")
    parts += [part for part in (device.check_note, device.note) if part]
    return " · ".join(parts)


def ward_summary(lines: tuple[DeviceLine, ...], now: datetime) -> str:
    """Return the sentence above the list of a ward."""
    placed = [line for line in lines if is_in_place(line.device)]
    overdue = sum(is_check_overdue(line.device, now) for line in placed)
    acting = sum(line.acts() for line in placed)
    out = sum(is_due_out(line.device, now) for line in placed)
    return (
        f"{_many(len(placed), 'device')} in place: {_many(acting, 'site')} to act on,"
        f" {_many(overdue, 'look')} overdue, {out} due out."
    )


def patient_summary(lines: tuple[DeviceLine, ...]) -> str:
    """Return the sentence above the list of one patient."""
    placed = sum(is_in_place(line.device) for line in lines)
    return f"{_many(placed, 'device')} in place, {len(lines) - placed} removed."


def device_columns(
    zone: tzinfo, now: datetime, *, whose: bool
) -> tuple[RowColumn[DeviceLine], ...]:
    """Return the columns as of `now`; `whose` adds bed and patient."""

    def of_due(line: DeviceLine) -> str | None:
        return _placed("risk_high" if is_check_overdue(line.device, now) else None, line)

    def of_note(line: DeviceLine) -> str | None:
        return _placed("caution" if is_due_out(line.device, now) else None, line)

    of_whom = (
        RowColumn("Bed", 48, lambda one: one.bed.bed_label or "No bed", colour=_plain),
        RowColumn("Patient", 206, lambda one: one.name, colour=_plain),
    )
    device_px = 262 if whose else 320
    return (
        *(of_whom if whose else ()),
        RowColumn("Device", device_px, line_text, colour=_plain),
        RowColumn("In place", 138, lambda one: place_time_text(one, now, zone), colour=_plain),
        RowColumn("Last look", 112, _scored, colour=_of_score),
        RowColumn("Do", 208, _asked, colour=_of_score),
        RowColumn("Next look", 166, lambda one: next_look_text(one, now), colour=of_due),
        RowColumn("Note", 146, lambda one: note_text(one, now, zone), colour=of_note),
    )


def _placed(token: str | None, line: DeviceLine) -> str | None:
    """Return the colour of a device in place; one that was removed is dim."""
    return token if is_in_place(line.device) else "dim"


def _plain(line: DeviceLine) -> str | None:
    return _placed(None, line)


def _of_score(line: DeviceLine) -> str | None:
    return _placed(score_token(line.kind.scheme, line.device.at_least), line)


def _scored(line: DeviceLine) -> str:
    return score_text(line.kind.scheme, line.device.score, line.device.at_least)


def _asked(line: DeviceLine) -> str:
    device = line.device
    if not is_in_place(device):
        return "Removed"
    return action_text(line.kind.scheme, device.score, device.at_least)


def history_text(item: HistoryItem, kinds: Mapping[str, DeviceKind]) -> str:
    """Return what a row of the history says, without time and person."""
    kind = kinds[item.kind]
    words = {Entry.DEVICE: _device_row, Entry.CHECK: _check_row, Entry.REMOVAL: _removal_row}[
        Entry(item.entry)
    ](item, kind)
    parts = [words]
    if item.note:
        parts.append(item.note)
    if item.change_reason:
        parts.append(f"({item.change_reason})")
    return f"{_standing(item)}{' '.join(parts)}"


def history_time_text(item: HistoryItem, zone: tzinfo, now: datetime) -> str:
    """Return when it happened, for a mark when it was made."""
    at = item.recorded_at if item.struck_out or item.occurred_at is None else item.occurred_at
    return moment_text(at, zone, now)


def where_text(line: DeviceLine) -> str:
    """Return where the patient lies: "Bay A, bed 3"."""
    return place_text(line.bed)


def _standing(item: HistoryItem) -> str:
    if item.struck_out:
        return "✕ struck out: "
    if item.superseded:
        return "no longer in force: "
    return "corrected to: " if item.corrects else ""


def _device_row(item: HistoryItem, kind: DeviceKind) -> str:
    about = item.about
    text = device_text(kind, str(about["site"]), _words(about["side"]), _words(about["size"]))
    since = "" if item.occurred_at else ", since when not known"
    by = f", by {about['inserted_by']}" if about["inserted_by"] else ""
    reason = f", for {about['reason']}" if about["reason"] else ""
    return f"Put in: {text}{since}{by}{reason}."


def _check_row(item: HistoryItem, kind: DeviceKind) -> str:
    score = score_text(kind.scheme, item.score, item.at_least)
    return f"{score}: {signs_text(kind.scheme, item.about)}."


def _removal_row(item: HistoryItem, _kind: DeviceKind) -> str:
    about = item.about
    reason = REMOVAL_WORDS[RemovalReason(str(about["reason"]))].lower()
    return f"Out: {reason}, {TIP_WORDS[Tip(str(about['tip']))]}, by {about['removed_by']}."


def _words(value: object) -> str | None:
    return None if value is None else str(value)


def _glyph(scheme: Scheme, score: int) -> str:
    return _GLYPHS[_loudness(scheme, score)]


def _loudness(scheme: Scheme, score: int) -> int:
    """Return 0 nothing, 1 watch, 2 act, 3 act and treat."""
    if score == 0:
        return 0
    return 1 if score < scheme.act_from else min(2 + (score - scheme.act_from), 3)


def _many(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
