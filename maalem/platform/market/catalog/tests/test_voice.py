"""A piece's story told aloud: on its page for whoever wants to hear it, and written down."""

import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from maalem.platform.ground.sounds.intake import Sound, take
from maalem.platform.ground.sounds.tests.made import PACKET, box, mp4, webm
from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.actions.edit import tell
from maalem.platform.market.catalog.models import Change, Voice
from maalem.platform.market.catalog.states import Refused, Tongue
from maalem.platform.market.catalog.tests import fixtures

pytestmark = pytest.mark.django_db
FIRST, SECOND = Sound("voices/ab/first.webm", 42), Sound("voices/ab/second.m4a", None)
BY = "person:1"


@pytest.fixture
def carpet(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    knotted = fixtures.craft("knotted", fr="Tapis noués", ar="زرابي معقودة", en="Knotted rugs")
    yield fixtures.piece(fixtures.weaver(), knotted, "tapis")
    for keep in kept.EVERY:
        keep.clear()


def told(carpet, sound, *, tongue=Tongue.DARIJA, seen=""):
    tell(carpet.pk, sound=sound, tongue=tongue, seen=seen, by=BY)
    found = Voice.objects.filter(product=carpet).first()
    return (found.path, found.seconds, found.tongue) if found else None


def page(client, carpet, language="fr"):
    return client.get(f"/{language}/products/{carpet.slug}/").content.decode()


@pytest.mark.parametrize(
    ("language", "tongue", "words"),
    [
        ("fr", Tongue.TAMAZIGHT, "Racontée par l’artisan, en tamazight"),
        ("ar", Tongue.DARIJA, "بصوت من صنعها، بالدارجة"),
        ("en", Tongue.FRENCH, "Told by the maker, in French"),
    ],
)
def test_a_buyer_hears_it_when_she_wants_and_reads_who_tells_it(
    client, carpet, language, tongue, words
):
    sound = take(io.BytesIO(webm(42)))
    assert "<audio" not in page(client, carpet, language)
    told(carpet, sound, tongue=tongue)
    html = page(client, carpet, language)
    assert words in html
    assert "<bdi>0:42</bdi>" in html
    assert '<audio controls preload="none"' in html
    assert "autoplay" not in html
    assert f'<source src="/media/{sound.path}" type="audio/webm">' in html
    # Whoever's browser can't play it takes the file.
    assert f'href="/media/{sound.path}"' in html
    assert client.get(f"/media/{sound.path}").status_code == 200


def test_a_recording_that_does_not_say_its_length_is_shown_without_one(client, carpet):
    told(carpet, SECOND)
    html = page(client, carpet)
    assert 'type="audio/mp4"' in html
    assert "<bdi>None" not in html
    assert "en darija</p>" in html
    assert take(io.BytesIO(mp4(0) + box(b"mdat", PACKET))).seconds is None


def test_it_costs_the_page_no_look_up_of_its_own(client, carpet):
    page(client, carpet)
    with CaptureQueriesContext(connection) as silent:
        page(client, carpet)
    told(carpet, FIRST)
    with CaptureQueriesContext(connection) as aloud:
        page(client, carpet)
    assert len(aloud) == len(silent)


def test_it_is_changed_and_taken_off_and_all_of_it_is_written_down(carpet):
    assert told(carpet, FIRST) == ("voices/ab/first.webm", 42, "ary")
    assert told(carpet, FIRST, seen=FIRST.path) == ("voices/ab/first.webm", 42, "ary")
    assert told(carpet, FIRST, tongue=Tongue.ARABIC, seen=FIRST.path)[2] == "ar"
    assert told(carpet, SECOND, seen=FIRST.path) == ("voices/ab/second.m4a", None, "ary")
    assert told(carpet, None, seen=SECOND.path) is None
    assert told(carpet, None, seen=SECOND.path) is None
    first, second = "voices/ab/first.webm", "voices/ab/second.m4a"
    assert list(Change.objects.filter(what="voice", by=BY).values_list("was", "now")) == [
        (None, [first, 42, "ary"]),
        ([first, 42, "ary"], [first, 42, "ar"]),
        ([first, 42, "ar"], [second, None, "ary"]),
        ([second, None, "ary"], None),
    ]


def test_of_two_who_tell_it_at_once_the_second_is_told(carpet):
    told(carpet, FIRST)
    for sound in (SECOND, None):
        with pytest.raises(Refused) as refused:
            told(carpet, sound)
        assert refused.value.code == "changed_meanwhile"
    assert Voice.objects.get().path == FIRST.path


@pytest.mark.parametrize(
    "wrong", [{"path": ""}, {"tongue": "xx"}, {"tongue": ""}, {"seconds": 0}, {"seconds": 64}]
)
def test_the_database_holds_what_a_voice_is(carpet, wrong):
    whole = {"product": carpet, "path": "voices/ab/x.webm", "seconds": 9, "tongue": "zgh"}
    with pytest.raises(DatabaseError), transaction.atomic():
        Voice.objects.create(**{**whole, **wrong})
    assert Voice.objects.create(**whole).pk == carpet.pk
