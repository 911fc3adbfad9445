import pytest

from ui.matching import match_rank


@pytest.mark.parametrize(
    ("typed", "text", "rank"),
    [
        ("", "Anything", 0),
        ("adm", "Admit a patient", 0),
        ("pat", "Admit a patient", 2),
        ("a p", "Admit a patient", 0),
        ("OKO", "OKORO, Ada (Mrs)", 0),
        ("ada oko", "OKORO, Ada (Mrs)", 1),
        ("muller", "MÜLLER, Jörg", 0),
        ("7", "Ward 7 East", 1),
        ("dmit", "Admit a patient", None),
        ("admit bed", "Admit a patient", None),
    ],
)
def test_that_every_typed_word_must_begin_a_word_of_the_text(typed, text, rank):
    assert match_rank(typed, text) == rank
