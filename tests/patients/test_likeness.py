import pytest

from ward_app.patients.likeness import names_alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param(("Smith", "John"), ("Smith", "Mary"), True, id="same_family_name"),
        pytest.param(("Novák", "Petr"), ("NOVAK", "Jan"), True, id="accents_and_capitals"),
        pytest.param(("O'Connor", "A"), ("Oconnor", "B"), True, id="apostrophe"),
        pytest.param(("Jensen", "A"), ("Jansen", "B"), True, id="one_letter_changed"),
        pytest.param(("Petersen", "A"), ("Peterson", "B"), True, id="one_letter_near_the_end"),
        pytest.param(("Jonsson", "A"), ("Jonson", "B"), True, id="one_letter_left_out"),
        pytest.param(("Brown", "A"), ("Browne", "B"), True, id="one_letter_added"),
        pytest.param(("Meyers", "A"), ("Meyesr", "B"), True, id="two_neighbours_exchanged"),
        pytest.param(("Lee", "A"), ("Lea", "B"), False, id="short_names_differ_by_a_letter"),
        pytest.param(("Thomas", "Grace"), ("Grace", "Thomas"), True, id="exchanged_names"),
        pytest.param(("Okafor", "Ada"), ("Byrne", "Ada"), False, id="only_the_given_name"),
        pytest.param(("Walker", "A"), ("Wilder", "B"), False, id="two_letters_apart"),
        pytest.param(("", "A"), ("", "A"), False, id="names_not_known"),
    ],
)
def test_that_names_easily_taken_for_each_other_are_alike(one, other, alike):
    assert names_alike(one, other) is alike
    assert names_alike(other, one) is alike
