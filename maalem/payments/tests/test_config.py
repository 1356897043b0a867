import pytest

from maalem.payments.config import BadSetting, Config

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.mark.parametrize("forgotten", ["MAALEM_VAULT_KEY", "MAALEM_FINGERPRINT_KEY"])
def test_an_installation_for_the_public_has_keys_of_its_own(forgotten):
    env = {
        "MAALEM_PAYMENTS_URL": "https://pay.maalem.example",
        "MAALEM_VAULT_KEY": KEY,
        "MAALEM_FINGERPRINT_KEY": KEY,
    }
    assert Config.from_env(env).vault_key == b"01234567890123456789012345678901"
    with pytest.raises(BadSetting, match=forgotten):
        Config.from_env({**env, forgotten: ""})


def test_the_caps_of_the_levels_may_be_set():
    config = Config.from_env({"MAALEM_LEVEL_CAPS": "200/-, 5000/10000, -/-"})
    assert config.level_caps == ((20_000, None), (500_000, 1_000_000), (None, None))
    assert Config.from_env({}).level_caps == ()


@pytest.mark.parametrize("text", ["200", "200/-,5000/-", "a/b,c/d,e/f", "1/2/3,4/5,6/7"])
def test_caps_that_are_none_are_named(text):
    with pytest.raises(BadSetting, match="MAALEM_LEVEL_CAPS"):
        Config.from_env({"MAALEM_LEVEL_CAPS": text})
