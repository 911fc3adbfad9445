"""Keys that data are encrypted with, wrapped for one workstation."""

import pytest

from ward_app.core.data_keys import (
    DataKey,
    KeyMissingError,
    KeyRing,
    KeyState,
    Purpose,
    WrongWrapError,
    fingerprint,
    new_key,
    new_private_key,
    public_half,
    unwrapped,
    wrapped,
)

FIELD, INDEX = Purpose.FIELD, Purpose.INDEX


def opened(wrap, private, **changes):
    said = {
        "number": 3,
        "purpose": FIELD,
        "state": KeyState.ACTIVE,
        "station": "ws_desk",
    } | changes
    return unwrapped(wrap, private, **said)


def test_that_only_the_private_half_opens_a_wrap():
    """[E04]"""
    key, private = new_key(3, FIELD), new_private_key()
    wrap = wrapped(key, public_half(private), "ws_desk")
    assert key.secret not in wrap
    assert opened(wrap, private) == key
    with pytest.raises(WrongWrapError):
        opened(wrap, new_private_key())


@pytest.mark.parametrize(
    "changes", [{"number": 4}, {"purpose": INDEX}, {"station": "ws_other"}], ids=str
)
def test_that_a_wrap_is_bound_to_what_it_was_made_for(changes):
    key, private = new_key(3, FIELD), new_private_key()
    with pytest.raises(WrongWrapError):
        opened(wrapped(key, public_half(private), "ws_desk"), private, **changes)


def test_that_each_changed_or_missing_byte_of_a_wrap_is_noticed():
    key, private = new_key(3, FIELD), new_private_key()
    wrap = wrapped(key, public_half(private), "ws_desk")
    for at in range(len(wrap)):
        changed = wrap[:at] + bytes([wrap[at] ^ 1]) + wrap[at + 1 :]
        for wrong in (changed, wrap[:at]):
            with pytest.raises(WrongWrapError):
                opened(wrong, private)


def test_that_a_wrap_can_be_made_again_and_is_another_for_another_station():
    key, public = new_key(3, FIELD), public_half(new_private_key())
    assert wrapped(key, public, "ws_a") == wrapped(key, public, "ws_a")
    assert wrapped(key, public, "ws_a") != wrapped(key, public, "ws_b")
    assert wrapped(new_key(3, FIELD), public, "ws_a") != wrapped(key, public, "ws_a")


def test_that_no_key_shows_in_what_is_printed_of_it():
    """[C24]"""
    key = DataKey(number=3, purpose=FIELD, secret=b"never shown in any text, 32 long")
    assert "never" not in repr(key) + repr(KeyRing([key])) + str(key.check_value)


def test_that_keys_are_told_apart_by_eight_bytes_that_are_not_the_key():
    one, other = new_key(1, FIELD), new_key(1, FIELD)
    assert one.check_value != other.check_value
    assert one.check_value not in one.secret


def test_that_a_ring_gives_the_active_key_and_any_by_its_number():
    old = DataKey(number=1, purpose=FIELD, secret=b"1" * 32, state=KeyState.READABLE)
    new, index = new_key(3, FIELD), new_key(2, INDEX)
    ring = KeyRing([new, old, index])
    assert ring.active(FIELD) is new
    assert ring.numbered(1, FIELD) is old
    assert ring.of(INDEX) == (index,)
    assert ring.keys == (old, index, new)
    for number, purpose in ((9, FIELD), (2, FIELD)):
        with pytest.raises(KeyMissingError):
            ring.numbered(number, purpose)
    with pytest.raises(KeyMissingError, match="wardctl keys wrap"):
        KeyRing([old]).active(FIELD)


def test_that_a_public_key_has_a_fingerprint_people_can_compare():
    assert fingerprint(bytes(32)) == "6668 7aad f862 bd77"
