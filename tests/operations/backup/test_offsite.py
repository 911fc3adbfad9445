"""The second copy arrives, is read back, and what differs is told."""

from __future__ import annotations

import shutil
import stat

import pytest

from tests.operations.backup.shelved import shelve
from ward_app.core.errors import CodedError, ConfigurationError
from ward_app.core.settings_operations import OffsiteProvider, OffsiteSettings
from ward_app.operations.backup import offsite
from ward_app.operations.backup.remotes import remote_of
from ward_app.operations.backup.shelf import on_shelf

# each keeps "remote" files in $STORE and writes down how it was called
FAKES = {
    "rclone": """
case $1 in
lsjson) ls_json '{"Name":"%s","Size":%s}' '[%s]';;
copyto) copy "$2" "$3";;
esac""",
    "aws": """
case $1$2 in
s3apilist-objects-v2) ls_json '{"Key":"deep/%s","Size":%s}' '{"Contents":[%s]}';;
s3cp) copy "$3" "$4";;
esac""",
    "gcloud": """
case $2 in
ls) ls_json '{"url":"gs://box/deep/%s#17","metadata":{"size":"%s"}}' '[%s]';;
cp) copy "$3" "$4";;
esac""",
    "az": """
name= file= verb=$3
while [ $# -gt 0 ]; do case $1 in --name) name=$2;; --file) file=$2;; esac; shift; done
case $verb in
list) ls_json '{"name":"deep/%s","properties":{"contentLength":%s}}' '[%s]';;
upload) copy "$file" "far:$name";;
download) copy "far:$name" "$file";;
esac""",
}
HEAD = r"""#!/bin/sh
echo "$@" >> "$STORE/../calls"
[ -e "$STORE/../locked" ] && { echo "first line" >&2; echo "401 sign in again" >&2; exit 1; }
far() { case $1 in *:*) echo "$STORE/${1##*/}";; *) echo "$1";; esac; }
copy() { cp "$(far "$1")" "$(far "$2")"; }
ls_json() {
  all=; for f in "$STORE"/*; do [ -e "$f" ] || continue
    one=$(printf "$1" "${f##*/}" "$(stat -c %s "$f")"); all="$all${all:+,}$one"; done
  printf "$2" "$all"; }
"""
PROVIDERS = {
    OffsiteProvider.RCLONE: ("rclone", "far:box/deep", ""),
    OffsiteProvider.AWS: ("aws", "box/deep", "ward"),
    OffsiteProvider.GCLOUD: ("gcloud", "box/deep", "ward"),
    OffsiteProvider.AZURE: ("az", "box/deep", "ward"),
    OffsiteProvider.DIRECTORY: ("", "", ""),
}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Where the second copies are."""
    folder = tmp_path / "store"
    folder.mkdir()
    monkeypatch.setenv("STORE", str(folder))
    return folder


@pytest.fixture(params=PROVIDERS)
def settings(request, store, tmp_path, monkeypatch):
    """The settings of each provider, whose program is there."""
    program, container, account = PROVIDERS[request.param]
    if program:
        path = tmp_path / "bin" / program
        path.parent.mkdir()
        path.write_text(HEAD + FAKES[program])
        path.chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    return OffsiteSettings(
        provider=request.param, container=container or str(store), account=account
    )


def test_that_a_copy_arrives_is_read_back_and_missed_when_it_is_gone(settings, store, shelf_dir):
    """[K12] [K13] [C19]"""
    remote = remote_of(settings)
    old, new = shelve(shelf_dir, days=1), shelve(shelf_dir)
    assert remote.names() == {}
    offsite.push(shelf_dir, new, remote)
    assert sorted(remote.names()) == sorted([f"{new.id}.json", new.file])
    assert (store / new.file).read_bytes() == (shelf_dir / new.file).read_bytes()
    assert offsite.missing(on_shelf(shelf_dir).backups, remote) == (old,)
    (store / new.file).unlink()
    with pytest.raises(CodedError, match="is not there") as missed:
        offsite.check(shelf_dir, new, remote)
    assert missed.value.code == "WDB-513"
    assert [path.name for path in shelf_dir.glob("offsite-*")] == []


def test_that_a_copy_of_the_same_length_that_differs_is_found(settings, store, shelf_dir):
    """[K12]"""
    remote, made = remote_of(settings), shelve(shelf_dir)
    offsite.push(shelf_dir, made, remote)
    (store / made.file).write_text((store / made.file).read_text().replace("0", "1", 1))
    with pytest.raises(CodedError, match="SHA-256") as found:
        offsite.check(shelf_dir, made, remote)
    assert found.value.code == "WDB-513"
    (store / made.file).write_text("short")
    with pytest.raises(CodedError, match="5 bytes instead of"):
        offsite.check(shelf_dir, made, remote)


def test_that_a_place_that_lets_nobody_in_is_told(settings, store, shelf_dir):
    """[K18] [K12]"""
    made = shelve(shelf_dir)
    if settings.provider is OffsiteProvider.DIRECTORY:
        store.rmdir()
    else:
        (store.parent / "locked").touch()
    for work in (
        remote_of(settings).names,
        lambda: offsite.push(shelf_dir, made, remote_of(settings)),
    ):
        with pytest.raises(CodedError, match=r"401 sign in again|No such file") as refused:
            work()
        assert refused.value.code == "WDB-503"


def test_that_a_missing_program_and_a_missing_setting_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = OffsiteSettings(provider=OffsiteProvider.RCLONE, container="far:box")
    with pytest.raises(CodedError, match="rclone is not installed") as refused:
        remote_of(missing).names()
    assert refused.value.code == "WDB-503"
    with pytest.raises(ConfigurationError, match="container is empty"):
        remote_of(OffsiteSettings())


@pytest.mark.skipif(shutil.which("rclone") is None, reason="rclone is not installed")
def test_that_the_real_rclone_brings_a_copy_and_what_is_wrong_with_it_is_told(
    tmp_path, shelf_dir, monkeypatch
):
    """[K12] [K13] Its own program and its own words, to a folder as the second place."""
    monkeypatch.setenv("RCLONE_CONFIG", str(tmp_path / "rclone.conf"))
    far = tmp_path / "far"
    far.mkdir()
    remote = remote_of(OffsiteSettings(provider=OffsiteProvider.RCLONE, container=f":local:{far}"))
    assert remote.names() == {}
    old, new = shelve(shelf_dir, days=1), shelve(shelf_dir)
    offsite.push(shelf_dir, new, remote)
    assert (far / new.file).read_bytes() == (shelf_dir / new.file).read_bytes()
    assert remote.names()[new.file] == new.bytes
    assert offsite.missing(on_shelf(shelf_dir).backups, remote) == (old,)
    (far / new.file).write_text((far / new.file).read_text().replace("0", "1", 1))
    with pytest.raises(CodedError, match="SHA-256") as found:
        offsite.check(shelf_dir, new, remote)
    assert found.value.code == "WDB-513"
    offsite.push(shelf_dir, new, remote)
    shutil.rmtree(far)
    with pytest.raises(CodedError, match="directory not found") as refused:
        remote.names()
    assert refused.value.code == "WDB-503"
