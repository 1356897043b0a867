import re
from concurrent.futures import ThreadPoolExecutor

from maalem.kit.ids import SPOKEN, new_id, secret, spoken_number


def test_ids_made_one_after_the_other_sort_in_that_order():
    made = [new_id("pi") for _ in range(5_000)]
    assert made == sorted(made)


def test_ids_are_unique_across_threads():
    with ThreadPoolExecutor(8) as pool:
        made = [*pool.map(lambda _: new_id("ch"), range(20_000))]
    assert len(set(made)) == len(made)


def test_the_time_is_in_the_id():
    assert new_id("x", at_ms=1_000) < new_id("x", at_ms=2_000)


def test_an_id_is_a_prefix_and_20_plain_characters():
    assert re.fullmatch(r"evt_[0-9a-hjkmnp-tv-z]{20}", new_id("evt"))


def test_secrets_differ_and_have_their_length():
    assert secret("whsec_") != secret("whsec_")
    assert len(secret("sk_test_", length=40)) == len("sk_test_") + 40


def test_a_spoken_number_holds_nothing_easily_confused():
    number = spoken_number("M")
    assert re.fullmatch(rf"M-[{SPOKEN}]{{4}}-[{SPOKEN}]{{4}}", number)
    assert not set("01OILSB") & set(SPOKEN)
