import asyncio
import ipaddress

import pytest

from maalem.payments.events.reach import Unreachable, guarded_target, public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_our_own_is_not_public(address):
    assert not public(ipaddress.ip_address(address))


def test_an_address_of_the_internet_is_public():
    assert public(ipaddress.ip_address("93.184.216.34"))
    assert public(ipaddress.ip_address("2606:2800:220:1:248:1893:25c8:1946"))


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://a:b@93.184.216.34/x",
        "https://localhost/x",
    ],
)
def test_live_mode_sends_to_the_public_internet_only(url):
    with pytest.raises(Unreachable):
        asyncio.run(guarded_target(url))


def test_live_mode_connects_to_the_very_address_it_looked_at():
    target = asyncio.run(guarded_target("https://93.184.216.34:8443/x?y=1"))
    assert target.url == "https://93.184.216.34:8443/x?y=1"
    assert target.host == "93.184.216.34:8443"
