"""Checklists as their editors type them: intervals, answers and items in words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

RISKS = ("low", "low-medium", "medium", "high")
_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")
_NAME_LONGEST = 40
Rule = dict[str, Any]


def intervals_text(rules: Sequence[Mapping[str, Any]]) -> str:
    """Return how often a checklist is due as it is typed: "high 60; 07:00-22:00 60; 120"."""
    return "; ".join(_rule_text(rule) for rule in rules)


def read_intervals(text: str) -> list[Rule]:
    """Return the rules that are typed, the first that holds counts; none = due by nothing.

    Each is minutes, after what it is for: risks, "ward 7E", hours of the ward's clock.

    Raises:
        ValueError: with the sentence for who typed it.
    """
    return [_read_rule(part.split()) for part in text.split(";") if part.strip()]


def choices_text(choices: Iterable[Sequence[str]]) -> str:
    """Return the answers of an item as they are typed: "L left side; R right side"."""
    return "; ".join(f"{key} {words}" for _value, key, words in choices)


def read_choices(text: str, before: Iterable[Sequence[str]] = ()) -> list[list[str]]:
    """Return the answers that are typed; one with the words of `before` keeps its stored value.

    Raises:
        ValueError: with the sentence for who typed it.
    """
    values = {words: value for value, _key, words in before}
    found: list[list[str]] = []
    for part in text.split(";"):
        if not part.strip():
            continue
        key, _, words = part.strip().partition(" ")
        if len(key) != 1 or not words.strip():
            raise ValueError("Each answer is its key and its words: L left side; R right side.")
        words = words.strip()
        taken = [value for value, *_rest in found]
        found.append([values.get(words) or short_name(words, taken), key.upper(), words])
    if len({key for _value, key, _words in found}) < len(found):
        raise ValueError("Two answers have the same key.")
    return found


def values_of_keys(choices: Iterable[Sequence[str]], keys: str) -> list[str]:
    """Return the stored values of answers by their keys ("N" or "L R"), in their order."""
    return [value for value, key, _words in choices if key in keys.upper()]


def keys_of_values(choices: Iterable[Sequence[str]], values: Iterable[str]) -> str:
    """Return the keys of stored values."""
    wanted = set(values)
    return " ".join(key for value, key, _words in choices if value in wanted)


def read_range(text: str) -> list[str] | None:
    """Return lowest and highest number of "0 to 60" as text; None = nothing is typed.

    Raises:
        ValueError: with the sentence for who typed it.
    """
    if not text.strip():
        return None
    try:
        lowest, highest = (Decimal(end.strip()) for end in text.split("to"))
    except (InvalidOperation, ValueError) as error:
        raise ValueError("A range is typed like 0 to 60.") from error
    if not lowest < highest:
        raise ValueError("The lowest number comes first.")
    return [str(lowest), str(highest)]


def range_text(ends: Sequence[str] | None) -> str:
    """Return a range as it is typed; nothing for None."""
    return f"{ends[0]} to {ends[1]}" if ends else ""


def short_name(words: str, taken: Iterable[str] = ()) -> str:
    """Return a stored name for words, small letters only, that is none of those taken."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "item"
    base = (base if base[0].isalpha() else f"n_{base}")[: _NAME_LONGEST - 3]
    name, number, known = base, 2, set(taken)
    while name in known:
        name, number = f"{base}_{number}", number + 1
    return name


def next_version(content: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return a copy of a checklist's content as its next version, to be changed."""
    return dict(content) | {
        "version": version + 1,
        "items": [dict(item) for item in content["items"]],
        "intervals": [dict(rule) for rule in content["intervals"]],
        "deferrals": list(content["deferrals"]),
    }


def new_content() -> dict[str, Any]:
    """Return the content of a checklist that is begun: of a patient, without items."""
    return {
        "version": 1,
        "title": "",
        "key": "",
        "subject": "patient",
        "work_minutes": 5,
        "source": "Our own list.",
        "items": [],
        "intervals": [],
        "once": None,
        "deferrals": ["asleep", "off_ward", "refused", "with_team", "end_of_life", "other"],
    }


def _rule_text(rule: Mapping[str, Any]) -> str:
    parts = list(rule.get("risk", ()))
    if "ward" in rule:
        parts.append(f"ward {rule['ward']}")
    if "from" in rule:
        parts.append(f"{rule['from']}-{rule['to']}")
    return " ".join((*parts, str(rule["minutes"])))


def _read_rule(words: list[str]) -> Rule:
    *conditions, minutes = words
    if not minutes.isdigit():
        raise ValueError(f"“{' '.join(words)}” does not end with minutes.")
    rule: Rule = {"minutes": int(minutes)}
    while conditions:
        word = conditions.pop(0)
        hours = _HOURS.match(word)
        if word in RISKS:
            rule.setdefault("risk", []).append(word)
        elif hours:
            rule["from"], rule["to"] = word.split("-")
        elif word == "ward" and conditions:
            rule["ward"] = conditions.pop(0)
        else:
            raise ValueError(f"“{word}” is no risk, no ward and no time like 07:00-22:00.")
    return rule
