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
_WORDS_LONGEST = 200
_TASK_MINUTES = range(5, 10_081)
ONCE_OF = ("admission", "arrival")
OPENINGS_HINT = "One on a line: N task 60 Look at it (minutes); N call Skin is broken (escalates)"
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


def read_keys(choices: Sequence[Sequence[str]], keys: str) -> list[str]:
    """Return the stored values of the answers whose keys are typed, "N" or "L R".

    Raises:
        ValueError: with the sentence for who typed it.
    """
    known = {key for _value, key, _words in choices}
    for key in keys.upper():
        if not key.isspace() and key not in known:
            raise ValueError(f"“{key}” is the key of no answer here.")
    return values_of_keys(choices, keys)


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


def openings_text(opens: Iterable[Mapping[str, Any]], choices: Sequence[Sequence[str]]) -> str:
    """Return what answers open as it is typed, one on a line: "N task 60 Look at it"."""
    return "\n".join(_opening_text(one, choices) for one in opens)


def read_openings(text: str, choices: Sequence[Sequence[str]], *, by_key: bool) -> list[Rule]:
    """Return what answers open: a task within minutes, or a call that escalates.

    Args:
        text: one on a line: keys of the answers, "task" and minutes or "call", and the words.
        choices: the answers of the item.
        by_key: whether an answer is named; of a body map any marked place opens it.

    Raises:
        ValueError: with the sentence for who typed it.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return [_read_opening(words, choices, by_key=by_key) for words in lines]


def content_problem(content: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the field and the sentence why a checklist cannot be used; None = it can."""
    if not content["items"]:
        return "title", "The checklist has no items yet: N in the list below begins one."
    if content["subject"] != "ward":
        return None
    if content.get("once"):
        return "when", "A ward has no stay: its checklists are due by intervals."
    for item in content["items"]:
        if any(one.get("concern") for one in item.get("opens", ())):
            return "of_ward", f"A ward calls nobody: take “call” out of “{item['label']}”."
    return None


def as_stored(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content as it is stored: done once in a stay, it has no intervals."""
    intervals = [] if content.get("once") else content["intervals"]
    return {"name": name} | dict(content) | {"intervals": intervals}


def range_text(ends: Sequence[str] | None) -> str:
    """Return a range as it is typed; nothing for None."""
    return f"{ends[0]} to {ends[1]}" if ends else ""


def ranges_fit(inner: Sequence[str], outer: Sequence[str]) -> bool:
    """Whether a range, ends as text, lies within another."""
    return Decimal(outer[0]) <= Decimal(inner[0]) and Decimal(inner[1]) <= Decimal(outer[1])


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


def _opening_text(one: Mapping[str, Any], choices: Sequence[Sequence[str]]) -> str:
    keys = keys_of_values(choices, one.get("when") or ())
    what = f"task {one.get('minutes', 60)} {one['task']}" if one.get("task") else ""
    call = f"call {one['concern']}" if one.get("concern") else ""
    return "\n".join(f"{keys} {each}".strip() for each in (what, call) if each)


def _read_opening(words: list[str], choices: Sequence[Sequence[str]], *, by_key: bool) -> Rule:
    verbs = [word.lower() for word in words]
    place = next((at for at, word in enumerate(verbs) if word in ("task", "call")), None)
    if place is None:
        raise ValueError(f"“{' '.join(words)}” says neither task nor call. {OPENINGS_HINT}.")
    when = read_keys(choices, "".join(words[:place])) if by_key else []
    if by_key and not when:
        raise ValueError(f"Which answer opens “{' '.join(words)}”? Its key comes first.")
    if not by_key and place:
        raise ValueError("Every marked place opens it: the line begins with task or call.")
    rule: Rule = {"when": when}
    rest = words[place + 1 :]
    if verbs[place] == "task":
        rule["minutes"], rest = _task_minutes(rest), rest[1:]
    rule["task" if verbs[place] == "task" else "concern"] = _opening_words(rest)
    return rule


def _task_minutes(rest: list[str]) -> int:
    if not rest or not rest[0].isdecimal():
        raise ValueError("After task come its minutes: N task 60 Look at it.")
    if int(rest[0]) not in _TASK_MINUTES:
        raise ValueError("A task is to be done within 5 minutes to 7 days (10080).")
    return int(rest[0])


def _opening_words(rest: list[str]) -> str:
    words = " ".join(rest)
    if not words:
        raise ValueError(f"Say in words what is to be done, or why to come. {OPENINGS_HINT}.")
    if len(words) > _WORDS_LONGEST:
        raise ValueError(f"“{words[:20]}…” has more than {_WORDS_LONGEST} letters.")
    return words
