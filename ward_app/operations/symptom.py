"""What is known of one illness of a ward database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One illness.

    Attributes:
        title: what it is, in a few words.
        means: what that means, one or two sentences.
        remedies: what to do, the likeliest first; each a sentence.
    """

    code: str
    title: str
    means: str
    remedies: tuple[str, ...]
