"""Keys that somebody brings along, and passphrases that somebody chooses."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from tests.made_up import numbers
from ward_app.core.errors import RuleBrokenError
from ward_app.core.given_keys import (
    BASE64_NAME,
    TEXT_NAME,
    check_passphrase,
    is_guessable,
    key_from,
    text_key,
)

RANDOM = bytes.fromhex("8fd1c03a557be4926a0d31f7c8e97b24d05a1c6ee98342b7915f0acd7e638421")
TEXT = "vK3#pQ9z!Lm2$Xw8@Rt5%Bn7^Yc4&Hd6"


@pytest.mark.parametrize("name", [BASE64_NAME, TEXT_NAME])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_that_32_bytes_in_base64_are_taken_over(name, encode):
    """[C17]"""
    assert key_from({name: encode(RANDOM).decode()}) == RANDOM


def test_that_a_text_of_32_characters_becomes_a_key_the_same_each_time():
    """[C17] [E03]"""
    key = key_from({TEXT_NAME: TEXT})
    assert len(key) == 32
    assert key == key_from({TEXT_NAME: TEXT})
    assert text_key({TEXT_NAME: TEXT}) == TEXT


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {BASE64_NAME: b64encode(RANDOM[:31]).decode()},
        {BASE64_NAME: "no base64 at all, but quite long indeed"},
        {BASE64_NAME: b64encode(bytes(32)).decode()},
        {BASE64_NAME: b64encode(bytes(range(32))).decode()},
        {TEXT_NAME: TEXT[:31]},
        {TEXT_NAME: "a" * 40},
        {TEXT_NAME: "abcd" * 8},
        {TEXT_NAME: "abcdefghijklmnopqrstuvwxyz0123456789"},
        {TEXT_NAME: "0123456789abcdef" * 2},
    ],
    ids=lambda given: "-".join(given) or "none",
)
def test_that_a_short_or_guessable_key_is_refused_and_not_repeated(environment):
    """[C17] [E03] [C24]"""
    with pytest.raises(RuleBrokenError) as refused:
        key_from(environment)
    assert not any(value in str(refused.value) for value in environment.values())


def test_that_no_random_key_is_taken_for_a_guessable_one():
    """The same each time: of the poorest alphabet one in many thousands does look guessable."""
    drawn = numbers(7)
    for _ in range(2_000):
        secret = drawn.randbytes(32)
        assert not is_guessable(secret.decode("latin-1"))
        assert not is_guessable(b64encode(secret).decode())
        assert not is_guessable(secret.hex())
        assert not is_guessable(secret.hex()[:32])


@pytest.mark.parametrize("text", ["", "x"])
def test_that_nothing_to_speak_of_is_guessable(text):
    assert is_guessable(text)


def test_that_a_passphrase_is_long_and_does_not_repeat_itself():
    check_passphrase("plum lantern gravel oboe")
    for weak in ("", "plum lantern", "abcabcabcabcabcabc"):
        with pytest.raises(RuleBrokenError, match="14 characters"):
            check_passphrase(weak)
