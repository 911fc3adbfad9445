"""Scores as pure functions over a score pack, such as NEWS2 (RCP, 2017).

The bands are data (`packs.py` loads them); here is only how a set is read against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from ward_app.core.errors import RuleBrokenError
from ward_app.observations.types import FurtherSign, Risk, Score, VitalSigns

CONTINUOUS_RECHART_MINUTES = 30
"""Longest time to the next charted set while monitoring is continuous (score 7 or more).

RCP 2017 asks for continuous monitoring and gives no charting interval. Half an hour is the
senior review time that hospitals commonly set for 7 or more: a site setting that needs
local clinical sign-off, not an RCP figure.
"""

SPO2_SCALES = (1, 2)


class Scoring(StrEnum):
    """How the points of a pack are to be read."""

    SUM = "sum"
    SINGLE_TRIGGER = "single_trigger"
    RED_YELLOW = "red_yellow"


class PackStatus(StrEnum):
    """Whether a pack scores patients, is only compared, or neither."""

    LIVE = "live"
    TRIAL = "trial"
    DISABLED = "disabled"


class PregnancyCondition(StrEnum):
    """Whom a pack is made for; "recent" is up to 42 days after the end of pregnancy."""

    NOT_PREGNANT = "not_pregnant"
    PREGNANT_OR_RECENT = "pregnant_or_recent"


class FurtherKind(StrEnum):
    """What is typed for a sign that only some packs score."""

    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Ages in whole months, from the first up to, not including, the last; None = open."""

    from_months: int | None = None
    below_months: int | None = None

    def holds(self, months: int) -> bool:
        """Whether a person of that many months is in the range."""
        return (self.from_months is None or self.from_months <= months) and (
            self.below_months is None or months < self.below_months
        )


ADULT_FROM_MONTHS = 16 * 12
"""NEWS2 is for 16 years and over (RCP 2017)."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: its key letter and its word."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The points of one range of values, both ends included; None = open end.

    Attributes:
        spo2_scale: the band counts on this SpO2 scale only; None = on either.
        on_oxygen: the band counts on oxygen (True) or on air (False) only; None = on both.
        ages: the band counts at these ages only; None = at every age of the pack.
    """

    points: int
    lowest: Decimal | None = None
    highest: Decimal | None = None
    spo2_scale: int | None = None
    on_oxygen: bool | None = None
    ages: AgeRange | None = None

    def counts_for(self, signs: VitalSigns) -> bool:
        """Whether the set's SpO2 scale and oxygen are those of this band."""
        scale_counts = self.spo2_scale is None or self.spo2_scale == signs.spo2_scale
        return scale_counts and (self.on_oxygen is None or self.on_oxygen is signs.on_oxygen)

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies in the band."""
        return (self.lowest is None or self.lowest <= value) and (
            self.highest is None or value <= self.highest
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One scored parameter: a measured number with bands, or a choice with points.

    Attributes:
        name: the field of `VitalSigns`.
        label: the word of the chart.
        step: the precision a number is rounded to before banding (half up).
        bands: of a number; empty for a choice.
        choices: of a choice, value -> points; empty for a number.
        further: what is typed, of a sign in `VitalSigns.further`; None = a field of its own.
        unit: of a further number.
        options: of a further choice, value -> key letter and word.
    """

    name: str
    label: str
    step: Decimal = Decimal(1)
    bands: tuple[Band, ...] = ()
    choices: Mapping[str | bool, int]
    further: FurtherKind | None = None
    unit: str = ""
    options: Mapping[str | bool, Option] = field(default_factory=dict)

    def value_of(self, signs: VitalSigns) -> Any:
        """Return what was measured; None = it was not."""
        if self.further is not None:
            return signs.further.get(self.name)
        return getattr(signs, self.name)

    def points_of(self, signs: VitalSigns) -> int | None:
        """Return the points; None when not measured, or when oxygen must be known first."""
        value = self.value_of(signs)
        if value is None:
            return None
        if self.choices:
            return self.choices.get(value)
        band = self.band_of(signs)
        return None if band is None else band.points

    def band_of(self, signs: VitalSigns) -> Band | None:
        """Return the band a measured number fell into; None when none is known to count."""
        value = self.value_of(signs)
        if value is None or self.choices:
            return None
        number = self._rounded(value)
        for band in self.bands:
            if band.holds(number) and band.counts_for(signs):
                return band
        return None

    def bands_for(self, signs: VitalSigns) -> tuple[Band, ...]:
        """Return the bands that count for the set's SpO2 scale and oxygen, lowest first."""
        return tuple(band for band in self.bands if band.counts_for(signs))

    def _rounded(self, value: Decimal | int) -> Decimal:
        if isinstance(value, int):
            return Decimal(value)
        return value.quantize(self.step, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a score asks of the ward (RCP 2017, chart 4).

    Attributes:
        lowest_total: applies from this total; None = triggered by `single_points` alone.
        single_points: applies when one parameter has this many points.
        interval_minutes: longest time to the next set; 0 = continuous monitoring.
        action: the clinical response, one or two sentences for the nurse.
    """

    risk: Risk
    lowest_total: int | None
    single_points: int | None
    interval_minutes: int
    action: str

    def applies(self, total: int, highest_points: int) -> bool:
        """Whether the total or the highest single parameter reaches this response."""
        if self.lowest_total is not None:
            return total >= self.lowest_total
        return self.single_points is not None and highest_points >= self.single_points


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePack:
    """A score as data.

    Attributes:
        hash: sha256 of the pack's file, hexadecimal; stored with every score.
        acknowledgement: the words its owner asks for, on screen and print.
        parameters: in chart order.
        responses: least urgent first; the last that applies is in force.
        incomplete_interval_minutes: longest time to the next set after an incomplete one.
        scoring: how its points are to be read.
        status: as it is delivered; a site decides otherwise with `wardctl packs`.
        ages, pregnancy: whom it is for.
        needs_sign_off: what of it rests on general knowledge alone and needs a clinician's name.
    """

    name: str
    version: str
    hash: str
    title: str
    source: str
    acknowledgement: str
    parameters: tuple[Parameter, ...]
    responses: tuple[Response, ...]
    incomplete_interval_minutes: int
    scoring: Scoring = Scoring.SUM
    status: PackStatus = PackStatus.LIVE
    ages: AgeRange = AgeRange(ADULT_FROM_MONTHS)
    pregnancy: PregnancyCondition = PregnancyCondition.NOT_PREGNANT
    needs_sign_off: tuple[str, ...] = ()

    @property
    def by_age(self) -> bool:
        """Whether its bands depend on age; then only `at_age` of it can score."""
        return any(band.ages for one in self.parameters for band in one.bands)

    def parameter(self, name: str) -> Parameter:
        """Return the scored parameter of that name; a KeyError names one that is not scored."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)


def at_age(pack: ScorePack, months: int) -> ScorePack:
    """Return the pack as it scores a person of that age; name, version and hash stay.

    Raises:
        RuleBrokenError: the pack is not made for this age.
    """
    if not pack.ages.holds(months):
        raise RuleBrokenError(f"{pack.title} is not made for this age.", field="age_months")
    return replace(pack, parameters=tuple(_at_age(one, months) for one in pack.parameters))


def score(signs: VitalSigns, pack: ScorePack) -> Score:
    """Return the score of one set; of an incomplete set, what is known of it.

    Zero is a value and scores; None is not measured and never scores. A missing value makes
    `total` None, but the points that are known still set risk and interval: a respiratory
    rate of 30 alone is a trigger. SpO2 of 93 % and above on scale 2 is not scorable, and so
    missing, while it is not known whether the patient is on oxygen.

    Raises:
        RuleBrokenError: the SpO2 scale is neither 1 nor 2, or the pack scores by age and was
            not narrowed to one (`at_age`).
    """
    if pack.by_age:
        raise RuleBrokenError(f"{pack.title} needs the age to score.", field="age_months")
    if signs.spo2_scale not in SPO2_SCALES:
        raise RuleBrokenError("The SpO₂ scale is 1 or 2.", field="spo2_scale")
    found = [(parameter.name, parameter.points_of(signs)) for parameter in pack.parameters]
    points = {name: scored for name, scored in found if scored is not None}
    missing = tuple(name for name, scored in found if scored is None)
    at_least = sum(points.values())
    response = response_to(at_least, max(points.values(), default=0), pack)
    return Score(
        pack=pack.name,
        version=pack.version,
        pack_hash=pack.hash,
        total=None if missing else at_least,
        at_least=at_least,
        points=points,
        missing=missing,
        risk=response.risk,
        interval_minutes=_interval(response, pack, complete=not missing),
    )


def response_to(total: int, highest_points: int, pack: ScorePack) -> Response:
    """Return the most urgent response that the total or the highest parameter reaches."""
    return [r for r in pack.responses if r.applies(total, highest_points)][-1]


def score_response(score: Score, pack: ScorePack) -> Response:
    """Return the response a score asks for; an incomplete one by the points known so far."""
    return response_to(score.at_least, max(score.points.values(), default=0), pack)


def stored_signs(further: Mapping[str, FurtherSign]) -> dict[str, bool | str | dict[str, str]]:
    """Return further signs as JSON can keep them: a number exactly, as `{"number": "2.5"}`."""
    return {
        name: {"number": str(value)} if isinstance(value, Decimal) else value
        for name, value in further.items()
    }


def further_signs(stored: Mapping[str, Any]) -> dict[str, FurtherSign]:
    """Return further signs as they were given to `stored_signs`."""
    return {
        name: Decimal(value["number"]) if isinstance(value, dict) else value
        for name, value in stored.items()
    }


def next_due_at(score: Score, occurred_at: datetime) -> datetime:
    """Return when the next set is due at the latest, in UTC.

    Counted in elapsed time from the measurement, so a clock change moves nothing. Continuous
    monitoring is charted again after `CONTINUOUS_RECHART_MINUTES`.
    """
    minutes = score.interval_minutes or CONTINUOUS_RECHART_MINUTES
    return occurred_at.astimezone(UTC) + timedelta(minutes=minutes)


def _at_age(parameter: Parameter, months: int) -> Parameter:
    bands = tuple(
        replace(band, ages=None)
        for band in parameter.bands
        if band.ages is None or band.ages.holds(months)
    )
    return replace(parameter, bands=bands)


def _interval(response: Response, pack: ScorePack, *, complete: bool) -> int:
    if complete:
        return response.interval_minutes
    return min(response.interval_minutes, pack.incomplete_interval_minutes)
