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
