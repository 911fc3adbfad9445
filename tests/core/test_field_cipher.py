"""Encrypted values: the same of both engines, bound to their place, and never half right."""

from uuid import UUID

import psycopg
import pytest

from ward_app.core.data_keys import DataKey, KeyMissingError, KeyRing, KeyState, Purpose, new_key
from ward_app.core.database import Transaction
from ward_app.core.field_cipher import (
    AES_GCM,
    PGCRYPTO,
    AlteredValueError,
    Cell,
    FieldCipher,
    NotSealedError,
    blind_index,
    key_number,
    normalised,
)
from ward_app.core.pgcrypto import PgCrypto, decrypted, is_openpgp

ADA, BOB = UUID(int=1), UUID(int=2)
HERE = Cell("patient.patient_details.national_id_encrypted", ADA)
VALUE = "QQ 12 34 56 C - Zoë 病\0end"


@pytest.fixture(params=[AES_GCM, PGCRYPTO], ids=["aes-gcm", "pgcrypto"])
def engine(request):
    return request.param


@pytest.fixture
def tx(admin_dsn):
    """A transaction that is never committed."""
    with psycopg.connect(admin_dsn) as connection:
        yield Transaction(connection)
        connection.rollback()


@pytest.fixture
def keys():
    return KeyRing([new_key(1, Purpose.FIELD), new_key(2, Purpose.INDEX)])


@pytest.fixture
def cipher(tx, keys, engine):
    """[E02] Every test with it runs on both engines."""
    return FieldCipher(keys, {PGCRYPTO: PgCrypto(tx)}, writes=engine)


@pytest.mark.parametrize("text", [VALUE, "", "x" * 5_000], ids=["signs", "empty", "long"])
def test_that_a_value_comes_back_as_it_was(cipher, text):
    """[E01] [E02]"""
    sealed = cipher.seal(text, HERE)
    assert cipher.open(sealed, HERE) == text
    assert key_number(sealed) == 1
    assert cipher.is_current(sealed)


def test_that_it_never_looks_the_same_twice_and_shows_nothing(cipher, engine):
    one, other = cipher.seal(VALUE, HERE), cipher.seal(VALUE, HERE)
    assert one != other
    assert one[0] == engine
    assert VALUE.encode()[:6] not in one


def test_that_each_flipped_byte_is_noticed(cipher, engine):
    """[E01] Also those of engine and key number in front; pgcrypto is dear, so every fifth."""
    sealed = cipher.seal(VALUE, HERE)
    for at in range(0, len(sealed), 1 if engine == AES_GCM else 5):
        changed = sealed[:at] + bytes([sealed[at] ^ 0x10]) + sealed[at + 1 :]
        with pytest.raises((AlteredValueError, KeyMissingError, NotSealedError)):
            cipher.open(changed, HERE)


def test_that_a_cut_value_is_noticed(cipher):
    sealed = cipher.seal(VALUE, HERE)
    for end in (0, 3, 4, 15, len(sealed) // 2, len(sealed) - 1):
        with pytest.raises((AlteredValueError, NotSealedError)):
            cipher.open(sealed[:end], HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Cell(HERE.column, BOB),
        Cell("patient.patient_details.address_encrypted", ADA),
    ],
    ids=["another row", "another column"],
)
def test_that_a_value_moved_elsewhere_is_noticed(cipher, elsewhere):
    """[E01]"""
    with pytest.raises(AlteredValueError, match="changed outside the program"):
        cipher.open(cipher.seal(VALUE, HERE), elsewhere)


def test_that_another_key_of_the_same_number_opens_nothing(cipher, tx):
    stranger = FieldCipher(KeyRing([new_key(1, Purpose.FIELD)]), {PGCRYPTO: PgCrypto(tx)})
    with pytest.raises(AlteredValueError):
        stranger.open(cipher.seal(VALUE, HERE), HERE)


def test_that_an_old_key_still_reads_and_the_new_one_writes(cipher, keys, tx, engine):
    """[E07]"""
    sealed = cipher.seal(VALUE, HERE)
    first = keys.numbered(1, Purpose.FIELD)
    old = DataKey(number=1, purpose=Purpose.FIELD, secret=first.secret, state=KeyState.READABLE)
    both = KeyRing([old, new_key(3, Purpose.FIELD)])
    rotated = FieldCipher(both, {PGCRYPTO: PgCrypto(tx)}, writes=engine)
    assert rotated.open(sealed, HERE) == VALUE
    assert not rotated.is_current(sealed)
    assert key_number(rotated.seal(VALUE, HERE)) == 3


def test_that_without_its_key_a_value_is_neither_read_nor_taken_for_altered(cipher):
    sealed = cipher.seal(VALUE, HERE)
    with pytest.raises(KeyMissingError):
        FieldCipher(KeyRing()).open(sealed, HERE) if sealed[0] == AES_GCM else _without(cipher)
    with pytest.raises(KeyMissingError):
        FieldCipher(KeyRing()).seal(VALUE, HERE)


def _without(cipher):
    return FieldCipher(KeyRing(), cipher._engines).open(cipher.seal(VALUE, HERE), HERE)


def test_that_each_engine_reads_what_the_other_wrote(keys, tx):
    """[E02]"""
    engines = {PGCRYPTO: PgCrypto(tx)}
    for writes in (AES_GCM, PGCRYPTO):
        sealed = FieldCipher(keys, engines, writes=writes).seal(VALUE, HERE)
        for reads in (AES_GCM, PGCRYPTO):
            assert FieldCipher(keys, engines, writes=reads).open(sealed, HERE) == VALUE


def test_that_a_value_for_a_missing_engine_is_told(keys, tx):
    sealed = FieldCipher(keys, {PGCRYPTO: PgCrypto(tx)}, writes=PGCRYPTO).seal(VALUE, HERE)
    with pytest.raises(NotSealedError):
        FieldCipher(keys).open(sealed, HERE)


def test_that_bytes_that_are_no_text_are_not_shown(keys):
    key = keys.active(Purpose.FIELD)
    made = FieldCipher(keys)._engines[AES_GCM].seal(key, HERE.bound, b"\xff\xfe")
    with pytest.raises(AlteredValueError):
        FieldCipher(keys).open(bytes([AES_GCM]) + key.number.to_bytes(2) + made, HERE)


@pytest.mark.parametrize("value", [b"", b"\x01", b"12 High Street", "Österweg 3".encode()])
def test_that_plain_text_is_not_taken_for_encrypted(keys, value):
    assert key_number(value) is None
    with pytest.raises(NotSealedError, match="encryption migrate"):
        FieldCipher(keys).open(value, HERE)


def test_that_the_transaction_goes_on_after_a_value_that_does_not_open(keys, tx):
    sealed = FieldCipher(keys, {PGCRYPTO: PgCrypto(tx)}, writes=PGCRYPTO).seal(VALUE, HERE)
    with pytest.raises(AlteredValueError):
        decrypted(tx, sealed[3:], "another password")
    assert tx.value("SELECT 1") == 1


@pytest.mark.parametrize(
    "options", ["", "cipher-algo=aes256", "compress-algo=1,cipher-algo=aes128"]
)
def test_that_values_of_another_system_are_recognised_and_read(tx, options):
    """[E02]"""
    message = tx.value("SELECT public.pgp_sym_encrypt(%s, %s, %s)", ("Zoë", "their key", options))
    assert is_openpgp(message)
    assert decrypted(tx, message, "their key").decode() == "Zoë"


@pytest.mark.parametrize("text", ["", "Ä", "Ãx", "12 High Street", "\x8c\r\x04", "Österweg"])
def test_that_no_text_is_taken_for_a_message(text):
    assert not is_openpgp(text.encode())


@pytest.mark.parametrize(
    "typed", ["qq123456c", "QQ 12 34 56 C", "QQ-12.34/56_c", "\uff31\uff31123456C"]
)
def test_that_a_number_is_found_however_it_was_typed(typed):
    """[E08]"""
    assert normalised(typed) == "QQ123456C"


def test_that_a_blind_index_needs_its_key_and_tells_nothing(keys):
    """[E08]"""
    cipher = FieldCipher(keys)
    number, index = cipher.index("QQ123456C")
    assert (number, len(index)) == (2, 16)
    assert cipher.indexes("qq 12 34 56 c") == [index]
    assert cipher.indexes("QQ123457C") != [index]
    assert blind_index(new_key(2, Purpose.INDEX), "QQ123456C") != index
    assert FieldCipher(KeyRing()).indexes("QQ123456C") == []
