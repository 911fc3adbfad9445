"""Tables as CSV: quoted as they must be, and nothing in them is a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from ward_app.core.csv_text import csv_text


def cells(text):
    """Return what a reader of CSV finds."""
    return list(csv.reader(StringIO(text, newline="")))


FORMULAS = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "tab": "\t=1",
    "return": "\r=1",
    "line": "\n=1",
    "blanks": "  =1",
    "wide": "\uff1d1",
    "link": '=HYPERLINK("x")',
    "name": "-Okafor",
    "apart": "- 5",
}
PLAIN = {
    "empty": "",
    "negative": "-5",
    "signed": "+5.5",
    "number": "12",
    "share": "84 %",
    "name": "OKAFOR, Ada (Ms)",
    "glyph": "▲ Late",
    "inside": "a=b",
}


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS)
def test_that_no_cell_is_a_formula(cell):
    assert cells(csv_text([cell], [[cell]])) == [[f"'{cell}"], [f"'{cell}"]]


@pytest.mark.parametrize("cell", PLAIN.values(), ids=PLAIN)
def test_that_words_and_numbers_stay_as_they_are(cell):
    assert cells(csv_text(["Head"], [[cell]])) == [["Head"], [cell]]


def test_that_commas_quotes_and_line_ends_are_quoted():
    row = ['OKAFOR, Ada "A"', "two\nlines"]
    text = csv_text(["a", "b"], [row])
    assert text == 'a,b\r\n"OKAFOR, Ada ""A""","two\nlines"\r\n'
    assert cells(text) == [["a", "b"], row]
