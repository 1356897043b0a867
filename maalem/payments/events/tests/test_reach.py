import asyncio
import ipaddress

import pytest

from maalem.payments.events.reach import Unreachable, guarded_target, public, target_of


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
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "::7f00:1",
        "240.0.0.1",
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


INSIDE = [
    "http://127.0.0.1:5432/",
    "http://[::1]/",
    "http://localhost/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.7:9200/_search",
    "http://[::ffff:10.0.0.7]/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://user:word@93.184.216.34/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
]


@pytest.mark.parametrize("url", INSIDE)
def test_a_service_on_the_internet_asks_no_machine_of_its_own_for_a_merchant(url):
    """Test mode too: whoever signs up may name an address, and is told what it answered."""
    where = {"own": "https://pay.example.ma", "shop": "https://shop.example.ma"}
    with pytest.raises(Unreachable):
        asyncio.run(target_of(url, live=False, **where))


def test_the_shop_beside_us_is_reached_wherever_it_stands():
    where = {"own": "https://pay.example.ma", "shop": "http://10.0.0.5:8000"}
    target = asyncio.run(target_of("http://10.0.0.5:8000/webhooks", live=False, **where))
    assert target.url == "http://10.0.0.5:8000/webhooks"
    with pytest.raises(Unreachable):
        asyncio.run(target_of("http://10.0.0.5:8001/webhooks", live=False, **where))


def test_a_developers_own_machine_is_hers():
    for own in ("http://localhost:8010", "http://127.0.0.1:8010", "http://[::1]:8010"):
        url = "http://127.0.0.1:4242/hook"
        target = asyncio.run(target_of(url, live=False, own=own, shop="http://localhost:8000"))
        assert target.url == url


def test_in_test_mode_a_public_address_needs_no_tls_and_is_pinned():
    where = {"own": "https://pay.example.ma", "shop": "https://shop.example.ma"}
    target = asyncio.run(target_of("http://93.184.216.34/x", live=False, **where))
    assert (target.url, target.host) == ("http://93.184.216.34:80/x", "93.184.216.34")
    with pytest.raises(Unreachable):
        asyncio.run(target_of("http://93.184.216.34/x", live=True, **where))
