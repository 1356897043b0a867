import pytest

from maalem.kit.typography import french


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("À qui : Fadma", "À qui\u00a0: Fadma"),
        ("Vraiment ? Oui !", "Vraiment\u202f? Oui\u202f!"),
        ("le tapis « Taznakht » ; rouge", "le tapis «\u00a0Taznakht\u00a0»\u202f; rouge"),
        ("à 12:30, http://exemple.ma", "à 12:30, http://exemple.ma"),
    ],
)
def test_a_sign_stays_with_its_word(typed: str, printed: str):
    assert french(typed) == printed
    assert french(printed) == printed
