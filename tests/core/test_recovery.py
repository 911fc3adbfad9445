"""The recovery copy: sealed, printed, typed in again."""

from base64 import b32decode

import pytest

from tests.world import PASSPHRASE
from ward_app.core.data_keys import Purpose, new_key
from ward_app.core.errors import RuleBrokenError
from ward_app.core.recovery import opened_copy, sealed_copy

CHEAP = 10


@pytest.fixture(scope="module")
def keys():
    return [new_key(1, Purpose.FIELD), new_key(2, Purpose.INDEX), new_key(3, Purpose.FIELD)]


@pytest.fixture(scope="module")
def copy(keys):
    return sealed_copy(keys, PASSPHRASE, log2_cost=CHEAP)


def test_that_the_passphrase_gives_the_keys_back(keys, copy):
    """[E06]"""
    assert list(opened_copy(copy, PASSPHRASE).keys) == keys


def test_that_it_can_be_typed_in_again_by_somebody_careless_of_case_and_blanks(keys, copy):
    typed = "\n\n".join("   ".join(line.lower().split()) for line in copy.splitlines())
    assert list(opened_copy(typed, PASSPHRASE).keys) == keys


def test_that_a_mistyped_letter_is_found_in_its_line(copy):
    lines = copy.splitlines()
    for at in range(1, len(lines) - 1):
        letters = list(lines[at])
        letters[5] = "A" if letters[5] != "A" else "B"
        changed = "\n".join([*lines[:at], "".join(letters), *lines[at + 1 :]])
        with pytest.raises(RuleBrokenError, match=f"Line {at} "):
            opened_copy(changed, PASSPHRASE)


def test_that_a_missing_line_is_noticed(copy):
    lines = copy.splitlines()
    for at in range(1, len(lines) - 1):
        with pytest.raises(RuleBrokenError):
            opened_copy("\n".join(lines[:at] + lines[at + 1 :]), PASSPHRASE)


@pytest.mark.parametrize("text", ["", "hello", "01  AAAA  0000", "01  ORSXG5A=  8C23"])
def test_that_something_else_is_not_taken_for_a_copy(text):
    with pytest.raises(RuleBrokenError):
        opened_copy(text, PASSPHRASE)


def test_that_another_passphrase_does_not_open_it(copy):
    with pytest.raises(RuleBrokenError, match="passphrase does not open"):
        opened_copy(copy, PASSPHRASE + " ")


def test_that_no_two_copies_are_alike_and_none_shows_a_key(keys, copy):
    again = sealed_copy(keys, PASSPHRASE, log2_cost=CHEAP)
    assert again != copy
    assert not any(key.secret.hex() in copy.lower() for key in keys)


def test_that_guessing_is_dear_unless_somebody_says_otherwise(keys):
    """A guess takes 128 MiB: the cost that stands in the copy is 2 to the 17."""
    first = sealed_copy(keys, PASSPHRASE).splitlines()[1].split()[1:-1]
    assert b32decode("".join(first))[8] == 17
