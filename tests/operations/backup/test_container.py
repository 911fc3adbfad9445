"""The encrypted file: `openssl` opens it, and no byte of it changes unnoticed."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from ward_app.core.errors import CodedError
from ward_app.operations.backup import container
from ward_app.operations.backup.container import (
    CHUNK_BYTES,
    BackupWriter,
    content,
    keys_of,
    new_keys,
)

SECRET = "plum lantern gravel oboe"  # noqa: S105 - of throw-away files
FEW = 10_000


@pytest.fixture(params=[0, 1, 15, 16, 17, CHUNK_BYTES - 16, CHUNK_BYTES, 2 * CHUNK_BYTES + 5])
def written(request, tmp_path):
    """A file of that many bytes: its path, keys, sums and content."""
    text = os.urandom(request.param)
    return write(tmp_path / "file", text, new_keys(SECRET, FEW)), text


def write(path, text, keys):
    with path.open("wb") as file:
        writer = BackupWriter(file, keys)
        for start in range(0, len(text), 100_003):
            writer.write(text[start : start + 100_003])
        sums = writer.finish()
    return path, keys, sums


def test_that_what_was_written_is_read_again_whatever_its_length(written):
    (path, keys, sums), text = written
    assert b"".join(content(path, keys, sums)) == text
    assert path.stat().st_size == sums.bytes
    assert sums == container.sums_of(path, keys)


def test_that_openssl_opens_the_file_without_this_program(tmp_path):
    """[K05]"""
    text = os.urandom(CHUNK_BYTES + 7)
    path, _, _ = write(tmp_path / "file.enc", text, new_keys(SECRET))
    (tmp_path / "key").write_text(SECRET + "\n")
    done = subprocess.run(
        [shutil.which("openssl"), "enc", "-d", "-aes-256-cbc", "-pbkdf2", "-iter", "600000",
         "-md", "sha256", "-pass", f"file:{tmp_path / 'key'}", "-in", path],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == text


@pytest.mark.parametrize("place", [0, 7, 8, 15, 16, 31, 32, 500, 983, 984, 999])
def test_that_a_flipped_bit_anywhere_is_found_before_anything_is_decrypted(tmp_path, place):
    """[K06] Plain CBC would hide it: beginning, salt, middle, last block."""
    path, keys, sums = write(tmp_path / "file", b"x" * 983, new_keys(SECRET, FEW))
    assert sums.bytes == 16 + 992
    changed = bytearray(path.read_bytes())
    changed[place] ^= 1
    path.write_bytes(changed)
    with pytest.raises(CodedError, match="SHA-256") as refused:
        next(content(path, keys, sums))
    assert refused.value.code == "WDB-507"


def test_that_who_makes_the_checksum_anew_is_found_by_the_hmac(tmp_path):
    """[K06] A checksum proves no more than that nobody meant harm."""
    path, keys, sums = write(tmp_path / "file", b"x" * 983, new_keys(SECRET, FEW))
    changed = bytearray(path.read_bytes())
    changed[40] ^= 1
    path.write_bytes(changed)
    forged = container.Sums(sums.bytes, container.sums_of(path, None).sha256, sums.hmac)
    with pytest.raises(CodedError, match="HMAC"):
        next(content(path, keys, forged))


def test_that_a_file_that_was_cut_off_or_is_gone_is_found(tmp_path):
    path, keys, sums = write(tmp_path / "file", b"x" * 983, new_keys(SECRET, FEW))
    whole = path.read_bytes()
    for rest in (whole[:-16], whole[:16], b"", whole + b"0"):
        path.write_bytes(rest)
        with pytest.raises(CodedError, match="bytes instead of 1008"):
            next(content(path, keys, sums))
    path.unlink()
    with pytest.raises(CodedError, match="cannot be read"):
        next(content(path, keys, sums))


def test_that_a_file_that_changes_while_it_is_read_is_found(tmp_path):
    path, keys, sums = write(tmp_path / "file", b"x" * 3 * CHUNK_BYTES, new_keys(SECRET, FEW))
    reading = content(path, keys, sums)
    next(reading)
    changed = bytearray(path.read_bytes())
    changed[-40] ^= 1
    with path.open("r+b") as file:
        file.write(changed)
    with pytest.raises(CodedError, match="changed while"):
        list(reading)


def test_that_two_files_of_one_key_are_encrypted_differently(tmp_path):
    first, second = new_keys(SECRET, FEW), new_keys(SECRET, FEW)
    assert first.cipher != second.cipher
    assert first.mac not in (first.cipher, first.vector)
    assert SECRET not in repr(first)
    assert first.mac.hex() not in repr(first)


@pytest.mark.parametrize("rounds", [0, 1, 9_999, 10_000_001])
def test_that_a_manifest_cannot_ask_for_a_careless_or_endless_key(rounds):
    with pytest.raises(CodedError):
        keys_of(SECRET, b"12345678", rounds)
