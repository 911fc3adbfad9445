"""`wardctl score`: one JSON object a line in, its score a line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any, BinaryIO, NoReturn, TextIO

import typer

from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.observations import rules
from ward_app.observations.limits import Limits, check_possible
from ward_app.observations.packs import PACK_NAMES, adult_limits, pack_named
from ward_app.observations.rules import FurtherKind, Parameter, ScorePack
from ward_app.observations.types import Consciousness, FurtherSign, Score, VitalSigns

LONGEST_LINE_BYTES = 65_536
# 1e999999999 and its like must be refused before anything writes out their digits
_FAR = 1_000_000
_FINEST = -30

# input key -> field of VitalSigns, in the order of the chart
KEYS = {
    "respiratory_rate": "respiratory_rate_per_min",
    "spo2_percent": "spo2_percent",
    "spo2_scale": "spo2_scale",
    "on_oxygen": "on_oxygen",
    "systolic_bp_mmhg": "systolic_bp_mmhg",
    "pulse": "pulse_per_min",
    "consciousness": "consciousness",
    "temperature_celsius": "temperature_celsius",
}
# what only other packs than NEWS2 ask for; their further signs have the names of the pack
_MORE_KEYS = {"diastolic_bp_mmhg": "diastolic_bp_mmhg"}
_AGE = "age_months"
_KEY_OF = {field: key for key, field in KEYS.items()}


def score_command(
    pack: Annotated[
        str, typer.Option(help="Score pack to use, see wardctl packs list.")
    ] = "news2",
) -> None:
    """Score observation sets: one JSON object a line on standard input, one a line out.

    Keys: respiratory_rate, spo2_percent, spo2_scale (1 or 2), on_oxygen, systolic_bp_mmhg,
    pulse, consciousness (A, C, V, P or U), temperature_celsius. A key that is missing or null
    was not measured. A line that cannot be scored gives {"error": "..."} and the next one is
    read. NEWS2: Royal College of Physicians, 2017. Other packs read diastolic_bp_mmhg, the
    further signs they score by their names (wardctl packs list), and age_months where bands
    depend on age.
    """
    if pack not in PACK_NAMES:
        known = ", ".join(PACK_NAMES)
        raise typer.BadParameter(f"there is no score pack {pack!r}; there is: {known}")
    chosen = pack_named(pack)
    if chosen.needs_sign_off:
        what = ", ".join(chosen.needs_sign_off)
        typer.echo(f"{chosen.title}: not signed off by a clinician: {what}.", err=True)
    score_stream(sys.stdin.buffer, sys.stdout, chosen, adult_limits())


def score_stream(lines: BinaryIO, out: TextIO, pack: ScorePack, limits: Limits) -> None:
    """Write one line of JSON for each line read, at once, so that a pipe can be talked to."""
    for line in _lines(lines):
        out.write(json.dumps(score_line(line, pack, limits)) + "\n")
        out.flush()


def score_line(line: bytes, pack: ScorePack, limits: Limits) -> dict[str, Any]:
    """Return the score of one line, or `{"error": sentence}` when the line is refused."""
    try:
        values = _read_object(line)
        scoring = _at_age(values, pack)
        signs = _signs(values, scoring)
        # the limits are those of adults: what is rare in them is usual in a newborn, but what
        # is impossible is so at every age
        check_possible(signs, limits)
        return _answer(rules.score(signs, scoring))
    except WardError as refused:
        return {"error": str(refused)}


def _signs(values: dict[str, Any], pack: ScorePack) -> VitalSigns:
    further = {one.name: one for one in pack.parameters if one.further is not None}
    fields = KEYS if pack.name == "news2" else KEYS | _MORE_KEYS
    unknown = [key for key in values if key not in fields and key not in further]
    if unknown:
        known = ", ".join([*fields, *further])
        raise RuleBrokenError(f"Unknown key {unknown[0]!r}. Known: {known}.")
    given = {key: value for key, value in values.items() if value is not None}
    return VitalSigns(
        **{fields[key]: READERS[key](key, one) for key, one in given.items() if key in fields},
        further={
            key: _read_further(further[key], one) for key, one in given.items() if key in further
        },
    )


def _at_age(values: dict[str, Any], pack: ScorePack) -> ScorePack:
    """Return the pack for the age of the line, which it takes out of `values`."""
    if not pack.by_age:
        return pack
    months = values.pop(_AGE, None)
    if months is None:
        raise RuleBrokenError(f"{_AGE} is needed: {pack.title} scores by age.", field=_AGE)
    return rules.at_age(pack, _read_whole_number(_AGE, months))


def _read_further(parameter: Parameter, value: object) -> FurtherSign:
    name = parameter.name
    if parameter.further is FurtherKind.NUMBER:
        return _read_number(name, value)
    if parameter.further is FurtherKind.YES_NO:
        return _read_truth(name, value)
    if not isinstance(value, str) or value not in parameter.choices:
        known = ", ".join(str(choice) for choice in parameter.choices)
        raise RuleBrokenError(f"{name} is {known} or null.", field=name)
    return value


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; one that is too long comes shortened, its rest is skipped."""
    while line := stream.readline(LONGEST_LINE_BYTES + 1):
        rest = line
        while len(rest) > LONGEST_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE_BYTES + 1)
        yield line


def _read_object(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        raise RuleBrokenError(f"The line is longer than {LONGEST_LINE_BYTES} bytes.")
    try:
        values = _DECODER.decode(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RuleBrokenError("The line is not UTF-8 text.") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise RuleBrokenError("The line is not JSON.") from None
    if not isinstance(values, dict):
        raise RuleBrokenError("The line is not a JSON object.")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise RuleBrokenError(f"{name} is not a measurement; leave out what was not measured.")


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise RuleBrokenError("A key is given twice.")
    return values


# made once: a decoder made for every line costs as much as scoring it
_DECODER = json.JSONDecoder(
    parse_float=Decimal,
    parse_constant=_refuse_constant,
    object_pairs_hook=_refuse_repeated_keys,
)


def _read_number(key: str, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RuleBrokenError(f"{key} is a number or null.", field=key)
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not -_FAR <= number <= _FAR or not isinstance(exponent, int) or exponent < _FINEST:
        raise RuleBrokenError(f"{key} is far out of range.", field=key)
    return number


def _read_whole_number(key: str, value: object) -> int:
    if type(value) is int and -_FAR <= value <= _FAR:
        return value
    number = _read_number(key, value)
    if number != int(number):
        raise RuleBrokenError(f"{key} is a whole number or null.", field=key)
    return int(number)


def _read_truth(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RuleBrokenError(f"{key} is true, false or null.", field=key)
    return value


def _read_consciousness(key: str, value: object) -> Consciousness:
    if not isinstance(value, str) or value not in list(Consciousness):
        raise RuleBrokenError(f"{key} is A, C, V, P, U or null.", field=key)
    return Consciousness(value)


READERS: dict[str, Callable[[str, object], Any]] = {
    "respiratory_rate": _read_whole_number,
    "spo2_percent": _read_whole_number,
    "spo2_scale": _read_whole_number,
    "on_oxygen": _read_truth,
    "systolic_bp_mmhg": _read_whole_number,
    "diastolic_bp_mmhg": _read_whole_number,
    "pulse": _read_whole_number,
    "consciousness": _read_consciousness,
    "temperature_celsius": _read_number,
}


def _answer(score: Score) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "total": score.total,
        "points": {_KEY_OF.get(name, name): points for name, points in score.points.items()},
        "risk": score.risk.value,
        "complete": score.complete,
        "missing": [_KEY_OF.get(name, name) for name in score.missing],
        "interval_minutes": score.interval_minutes,
    }
    if not score.complete:
        answer["at_least"] = score.at_least
    return answer
