"""How seals hang together, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ward_app.audit.rules import (
    BEGINNING,
    chain_problems,
    early_cuts,
    removed_through,
    rows_digest,
    seal_hash,
    sealed,
    years_before,
)
from ward_app.audit.types import Seal, SealKind

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_seal(before=None, **changes):
    facts = {
        "k": before.k + 1 if before else 1,
        "format": 1,
        "era": before.era if before else 1,
        "kind": SealKind.ROWS,
        "from_xact": before.until_xact if before else 0,
        "until_xact": (before.until_xact if before else 0) + 10,
        "changes": 3,
        "accesses": 2,
        "logins": 1,
        "first_at": NOON,
        "last_at": NOON,
        "cut_k": None,
        "digest": sha256(b"rows").digest(),
        "previous": before.hash if before else BEGINNING,
        "hash": b"",
        "sealed_at": NOON,
    } | changes
    return sealed(Seal(**facts))


def a_chain(length=3):
    chain = []
    for _ in range(length):
        chain.append(a_seal(chain[-1] if chain else None))
    return chain


def test_that_a_chain_without_a_flaw_is_no_problem():
    assert list(chain_problems(a_chain(5))) == []
    assert list(chain_problems([])) == []
    assert a_chain()[0].rows == 6


OTHER = {
    "k": 9, "format": 2, "era": 4, "kind": SealKind.CUT, "from_xact": 7, "until_xact": 99,
    "changes": 0, "accesses": 9, "logins": 9, "first_at": NOON - timedelta(seconds=1),
    "last_at": NOON + timedelta(microseconds=1), "cut_k": 1, "digest": bytes(32),
    "previous": bytes(range(32)), "sealed_at": NOON + timedelta(hours=1),
}  # fmt: skip


@pytest.mark.parametrize("field", OTHER)
def test_that_every_fact_of_a_seal_is_in_its_hash(field):
    one = a_seal()
    assert seal_hash(replace(one, **{field: OTHER[field]})) != one.hash
    assert "hash" not in OTHER


def test_that_the_hash_does_not_depend_on_the_zone_of_a_time():
    one = a_seal()
    elsewhere = NOON.astimezone(ZoneInfo("Europe/London"))
    assert seal_hash(replace(one, sealed_at=elsewhere, first_at=elsewhere)) == one.hash


def test_that_a_missing_seal_is_told_by_its_number():
    one, two, three = a_chain()
    assert list(chain_problems([one, three])) == ["Seal 2 is missing."]
    assert list(chain_problems([two, three])) == ["Seal 1 is missing."]
    assert list(chain_problems([three])) == ["Seals 1 to 2 are missing."]


def test_that_a_seal_of_another_chain_is_told():
    one, two, _three = a_chain()
    stranger = sealed(replace(two, previous=bytes(range(32))))
    assert list(chain_problems([one, stranger])) == ["Seal 2 does not follow the seal before it."]
    assert list(chain_problems([sealed(replace(one, previous=bytes(range(32))))])) == [
        "Seal 1 does not follow the seal before it."
    ]


def test_that_a_changed_seal_is_told():
    one, two, three = a_chain()
    edited = replace(two, changes=2)
    assert list(chain_problems([one, edited, three])) == ["Seal 2 was changed."]


def test_that_a_gap_between_bounds_is_told():
    one = a_seal()
    for bounds in ({"from_xact": 11}, {"from_xact": 9}, {"until_xact": 10}):
        assert list(chain_problems([one, a_seal(one, **bounds)])) == [
            "Seal 2 does not begin where the seal before it ended."
        ]


def test_that_an_era_begins_anew_and_never_goes_back():
    one = a_seal()
    later = a_seal(one, era=2, from_xact=0, until_xact=5)
    assert list(chain_problems([one, later])) == []
    for wrong in (a_seal(one, era=2), a_seal(one, era=0, from_xact=0)):
        assert list(chain_problems([one, wrong])) != []


def a_cut(before, k, sealed_at):
    return a_seal(
        before, kind=SealKind.CUT, until_xact=before.until_xact, cut_k=k, sealed_at=sealed_at
    )


def test_that_a_cut_stands_on_the_spot_and_says_how_far_it_goes():
    one, two, three = a_chain()
    cut = a_cut(three, 2, NOON.replace(year=2032))
    assert list(chain_problems([one, two, three, cut])) == []
    assert removed_through([one, two, three, cut]) == 2
    assert removed_through([one, two, three]) == 0
    wider = a_seal(three, kind=SealKind.CUT, cut_k=2)
    assert list(chain_problems([one, two, three, wider])) != []


def test_that_nothing_is_removed_before_its_six_years_are_over():
    """[U09]"""
    chain = a_chain()
    right = a_cut(chain[-1], 2, NOON.replace(year=2032))
    early = a_cut(chain[-1], 2, NOON.replace(year=2032) - timedelta(microseconds=1))
    assert list(early_cuts([*chain, right])) == []
    assert list(early_cuts([*chain, early])) == ["Seal 4 removed rows that were not 6 years old."]


def test_that_a_leap_day_has_a_day_six_years_before():
    assert years_before(datetime(2032, 2, 29, 3, tzinfo=UTC), 6) == datetime(
        2026, 2, 28, 3, tzinfo=UTC
    )
    assert years_before(NOON, 6).year == 2020


digests = st.binary(min_size=32, max_size=32)
rows = st.lists(st.tuples(st.sampled_from(("change_logs", "access_logs")), digests))


@given(rows, st.data())
def test_that_any_other_order_or_number_of_rows_has_another_digest(some, data):
    other = data.draw(st.permutations(some))
    assert (rows_digest(some) == rows_digest(other)) == (some == other)
    if some:
        assert rows_digest(some[1:]) != rows_digest(some)
