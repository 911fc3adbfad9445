"""The score's badge and the chips of flags, as words and shapes. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ui.formats import mates_text
from ui.score_words import RISK_NAMES, name_beside, score_name
from ward_app.board import rules
from ward_app.board.types import BoardBed, Trend
from ward_app.observations.kinds import Risk
from ward_app.patients.alerts import AllergyStatus, FlagKind

_FLAG_WORDS = {
    FlagKind.ISOLATION: ("Isolation", "Isol"),
    FlagKind.FALLS: ("Falls risk", "Falls"),
    FlagKind.RESUSCITATION: ("Resuscitation", "Resus"),
    FlagKind.NIL_BY_MOUTH: ("Nil by mouth", "NBM"),
    FlagKind.PRIVACY: ("Privacy", "Priv"),
}
_FLAG_ORDER = tuple(_FLAG_WORDS)
_TREND_GLYPHS = {Trend.RISING: "↑", Trend.STEADY: "→", Trend.FALLING: "↓"}
_TREND_WORDS = {
    Trend.RISING: "rising from",
    Trend.STEADY: "unchanged from",
    Trend.FALLING: "falling from",
}


class Tone(StrEnum):
    """How loud a chip is: filled, outlined, outlined with dashes, or words only."""

    LOUD = "loud"
    PLAIN = "plain"
    UNKNOWN = "unknown"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Chip:
    """One flag: the words where there is room, the short form where there is not."""

    words: str
    short: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFace:
    """The badge: what it shows and says.

    Attributes:
        text: "5"; "≥5" for an incomplete set, "?" without any set, "—" for one not scored.
        points: what colour and glyph stand for; None without any set.
        complete: false = the text is a lower limit and no score.
        name: of the score where it is not NEWS2, to stand beside the number; else empty.
        risk: as the pack of the score gives it; None without any score.
        watch: three points in one parameter, though the total is low (RCP: low-medium).
        trend: an arrow, or empty where the course is not known.
        words: "NEWS2 5, medium risk, rising from 3".
        unscored: there is a set and no score for this patient, so that none can call.
    """

    text: str
    points: int | None
    name: str
    risk: str | None
    complete: bool
    watch: bool
    trend: str
    words: str
    unscored: bool = False


def allergy_chip(bed: BoardBed) -> Chip:
    """Return what is known of allergies; "none known" and "not recorded" differ."""
    if bed.allergies:
        return Chip(f"Allergy: {', '.join(bed.allergies)}", "Allergy", Tone.LOUD)
    if bed.allergy_status == AllergyStatus.PRESENT:
        return Chip("Allergy", "Allergy", Tone.LOUD)
    if bed.allergy_status == AllergyStatus.NONE_KNOWN:
        return Chip("No known allergies", "NKA", Tone.QUIET)
    return Chip("Allergies not recorded", "Allergy?", Tone.UNKNOWN)


def shared_chips(bed: BoardBed) -> tuple[Chip, ...]:
    """Return who else lies in the bed; nothing for a bed of one's own."""
    if not bed.mates:
        return ()
    return (Chip(f"Shares bed with {mates_text(bed.mates)}", "Shared", Tone.LOUD),)


def flag_chips(bed: BoardBed) -> tuple[Chip, ...]:
    """Return the flags in force in their fixed order."""
    found = ((kind, bed.flag(kind)) for kind in _FLAG_ORDER)
    return tuple(_flag_chip(kind, flag.detail) for kind, flag in found if flag)


def score_face(bed: BoardBed) -> ScoreFace:
    """Return the badge of the latest set in force."""
    points = rules.points_known(bed)
    complete = bed.news2_total is not None
    unscored = rules.is_unscored(bed)
    if points is None:
        text = "—" if unscored else "?"
        words = "Not scored: no score calls for this patient" if unscored else "No set yet"
    else:
        text = str(points) if complete else f"≥{points}"
        words = ", ".join(_score_words(bed, points))
    course = rules.trend(bed)
    return ScoreFace(
        text=text,
        points=points,
        name=name_beside(bed.score_pack),
        risk=bed.news2_risk,
        complete=complete,
        watch=bed.news2_risk == Risk.LOW_MEDIUM,
        trend=_TREND_GLYPHS[course] if course else "",
        words=words,
        unscored=unscored,
    )


def _score_words(bed: BoardBed, points: int) -> Iterator[str]:
    if bed.news2_total is None:
        yield f"{score_name(bed.score_pack)} incomplete, at least {points}"
    else:
        yield f"{score_name(bed.score_pack)} {points}"
    if bed.news2_risk is not None:
        yield RISK_NAMES[Risk(bed.news2_risk)]
    course = rules.trend(bed)
    if course is not None:
        yield f"{_TREND_WORDS[course]} {bed.news2_previous_total}"


def _flag_chip(kind: FlagKind, detail: str | None) -> Chip:
    words, short = _FLAG_WORDS[kind]
    if kind is FlagKind.RESUSCITATION and detail:
        return Chip(detail, detail if len(detail) <= len("DNACPR") else short, Tone.LOUD)
    tone = Tone.LOUD if kind is FlagKind.ISOLATION else Tone.PLAIN
    return Chip(f"{words}: {detail}" if detail else words, short, tone)
