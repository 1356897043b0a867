"""The page of states is the code's own."""

from maalem.platform import states_page


def test_the_page_of_states_is_not_stale():
    assert states_page.PAGE.read_text(encoding="utf-8") == states_page.page(), (
        "run: python -m maalem.platform.states_page"
    )
