"""A piece's story told aloud: with the listing or later, in her voice and nobody else's."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maalem.platform.ground.sounds.tests.made import mp4, ogg, webm
from maalem.platform.market.assistance.desk import ACTING
from maalem.platform.market.assistance.tests.village import agent, given
from maalem.platform.market.catalog.models import Product, Voice
from maalem.platform.market.studio.forms import PieceForm
from maalem.platform.market.studio.models import Listing
from maalem.platform.market.studio.views import pieces
from maalem.platform.market.tests.test_edit_piece import changes, fields
from maalem.platform.market.tests.test_new_piece import NEW, OUTBOX, kind, media, photo, said
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["kind", "media", "visit"]
pytestmark = pytest.mark.django_db


def recording(content=None):
    # Whatever the telephone calls it: its content says what it is.
    return SimpleUploadedFile("voice", webm(30) if content is None else content, "text/html")


@pytest.fixture
def carpet(world):
    return Product.objects.get(pk=world.carpet.product_id)


def story(visit, product, who=WEAVER, *, sends=None, **typed):
    """Open the page of her voice, record, send; `sends` is what another page had before."""
    path = f"pieces/{product.slug}/voice/"
    sent = {**(sends or seen(visit, product, who)), **typed}
    return visit(who, path, post=sent)


def seen(visit, product, who=WEAVER):
    sent = fields(visit(who, f"pieces/{product.slug}/voice/"))
    return {name: sent[name] for name in ("seen", "voice_kept")}


def voice_of(product):
    return Voice.objects.filter(product=product).values_list("seconds", "tongue").first()


@pytest.mark.parametrize("content", [webm(30), ogg(30), mp4(30), mp4(30, parts=True)])
def test_a_piece_is_listed_with_its_story(visit, world, kind, client, content):
    done = visit(WEAVER, NEW, post=said(kind, voice=recording(content), tongue="zgh"))
    assert done.status_code == 302
    product = Product.objects.get(craft=kind)
    assert voice_of(product) == (30, "zgh")
    assert [what for what, _was, _now in changes(product)] == ["voice"]
    client.logout()
    page = text(client.get(product.get_absolute_url()))
    assert "en tamazight · <bdi>0:30</bdi>" in page
    part = client.get(f"/media/{product.voice.path}", headers={"range": "bytes=0-1"})
    assert (part.status_code, len(part.content)) == (206, 2)


def test_a_piece_is_listed_without_one(visit, world, kind):
    assert visit(WEAVER, NEW, post=said(kind, tongue="fr")).status_code == 302
    assert voice_of(Product.objects.get(craft=kind)) is None
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Rien n’a été enregistré"),
        (b"<script>alert(1)</script>", "pas un enregistrement"),
        (webm(30)[:-9], "pas un enregistrement"),
        (webm(80), "trop long : 60 secondes"),
        (webm(4) + bytes(1024 * 1024), "trop lourd : 1 Mo"),
    ],
)
def test_what_is_no_recording_is_said_and_nothing_is_written(
    visit, world, kind, client, media, content, sentence
):
    page = visit(WEAVER, NEW, post=said(kind, voice=recording(content)))
    assert page.status_code == 422
    assert sentence in re.sub(r"[\u202f\u00a0]", " ", page.content.decode())
    assert page.context["step"] == 2
    by_outbox = client.post(f"/fr/studio/{NEW}", said(kind, voice=recording(content)), **OUTBOX)
    assert by_outbox.status_code == 422
    (wrong,) = by_outbox.json()["wrong"]
    assert sentence in re.sub(r"[\u202f\u00a0]", " ", wrong)
    assert not Listing.objects.exists()
    assert list(media.rglob("voices/*/*")) == []


def test_her_voice_is_kept_while_the_price_is_put_right(visit, world, kind):
    wrong = visit(WEAVER, NEW, post=said(kind, price="", voice=recording(), tongue="ar"))
    kept = fields(wrong)
    assert "<audio" in wrong.content.decode()
    again = said(kind, photo="", kept=kept["kept"], voice_kept=kept["voice_kept"], tongue="ar")
    assert visit(WEAVER, NEW, post=again).status_code == 302
    assert voice_of(Product.objects.get(craft=kind)) == (30, "ar")


def test_what_nobody_of_ours_kept_is_no_voice(visit, world, kind):
    assert visit(WEAVER, NEW, post=said(kind, voice_kept="forged:x:y")).status_code == 302
    assert voice_of(Product.objects.get(craft=kind)) is None
    assert visit(WEAVER, NEW, post=said(kind, photo=photo("#123"), tongue="xx")).status_code == 422


def test_the_outbox_sends_it_once_however_often_it_asks(visit, world, kind, client, media):
    visit(WEAVER)
    post = said(kind, workshop=world.weaver.slug, tongue="ary")
    done = [
        client.post(
            f"/fr/studio/{NEW}", {**post, "photo": photo(), "voice": recording()}, **OUTBOX
        ).json()
        for _ in range(2)
    ]
    assert done[0] == done[1]
    assert voice_of(Product.objects.get(craft=kind)) == (30, "ary")
    assert len(list(media.rglob("voices/*/*"))) == 1


def test_what_waits_on_a_telephone_is_what_the_form_asks_for():
    scripts = pieces._WORKER.parent
    said_there = re.search(r"var NAMES = \[(.+?)\];", (scripts / "piece.js").read_text())
    assert said_there
    sent = set(re.findall(r'"(\w+)"', said_there[1]))
    sent |= set(re.findall(r'body\.append\("(\w+)"', (scripts / "outbox.js").read_text()))
    assert sent == {*PieceForm.base_fields, "workshop"}


def test_a_page_without_a_network_has_the_recorder_too(visit, world):
    """What the worker keeps, it finds by this pattern in the page."""
    found = re.search(r"^const DRAWN_WITH = /(.+)/g;$", pieces._WORKER.read_text(), re.MULTILINE)
    assert found
    pattern = found[1].replace("\\/", "/")
    parts = re.findall(pattern, text(visit(WEAVER, NEW)))
    assert any(Path(one).name.startswith("voice.") for one in parts)
    # Nobody who stays with the photo loads it.
    assert '<script src="/static/studio/voice' not in text(visit(WEAVER, NEW))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_control_of_the_page_has_a_picture(visit, carpet, language):
    page = text(visit(WEAVER, f"pieces/{carpet.slug}/voice/", language=language))
    page = page.split("<h1>")[1].split("</main>")[0]
    controls = re.findall(r"<(?:label|button)\b.*?</(?:label|button)>", page, re.DOTALL)
    assert len(controls) >= 8
    assert [one for one in controls if "<svg" not in one] == []


def test_it_is_told_later_told_again_and_taken_off(visit, carpet):
    done = story(visit, carpet, voice=recording(), tongue="ary")
    assert done.headers["Location"] == f"/fr/studio/pieces/{carpet.slug}/"
    assert voice_of(carpet) == (30, "ary")
    assert story(visit, carpet, tongue="fr").status_code == 302
    assert voice_of(carpet) == (30, "fr")
    assert story(visit, carpet, voice=recording(ogg(12)), tongue="fr").status_code == 302
    assert voice_of(carpet) == (12, "fr")
    assert story(visit, carpet, drop="1").status_code == 302
    assert voice_of(carpet) is None
    assert [what for what, _was, _now in changes(carpet)] == ["voice"] * 4


def test_sent_as_it_was_it_changes_nothing(visit, carpet):
    story(visit, carpet, voice=recording(), tongue="zgh")
    assert story(visit, carpet, tongue="zgh").status_code == 302
    assert len(changes(carpet)) == 1


def test_nothing_to_hear_is_asked_for(visit, carpet):
    for language, sentence in (("fr", "appuyez sur le bouton"), ("ar", "اضغط الزر وتكلم")):
        page = visit(
            WEAVER, f"pieces/{carpet.slug}/voice/", post={"tongue": "fr"}, language=language
        )
        assert page.status_code == 422
        assert sentence in page.content.decode()
    assert changes(carpet) == []


def test_of_two_who_tell_it_at_once_the_second_reads_what_stands_there(visit, carpet):
    before = seen(visit, carpet)
    story(visit, carpet, voice=recording(), tongue="fr")
    late = story(visit, carpet, sends=before, voice=recording(ogg(9)), tongue="fr")
    assert late.status_code == 409
    assert voice_of(carpet) == (30, "fr")
    assert story(visit, carpet, sends={}, drop="1", seen="forged").status_code == 409
    assert voice_of(carpet) == (30, "fr")


def test_nobody_speaks_for_another_workshop(visit, carpet):
    path = f"pieces/{carpet.slug}/voice/"
    assert visit(POTTER, path).status_code == 404
    sent = {"voice": recording(), "tongue": "fr"}
    assert visit(POTTER, path, post=sent).status_code == 404
    assert not Voice.objects.exists()


def test_an_agent_lists_her_piece_without_a_voice(visit, world, kind, client):
    rachid = agent()
    consent = given(rachid)
    client.force_login(rachid)
    session = client.session
    session[ACTING] = consent.pk
    session.save()
    page = text(client.get(f"/fr/studio/{NEW}"))
    assert 'name="voice"' not in page
    sent = said(kind, voice=recording(), tongue="ary")
    assert client.post(f"/fr/studio/{NEW}", sent).status_code == 302
    product = Product.objects.get(craft=kind)
    assert voice_of(product) is None
    assert "/voice/" not in text(client.get(f"/fr/studio/pieces/{product.slug}/"))
    assert client.get(f"/fr/studio/pieces/{product.slug}/voice/").status_code == 403
