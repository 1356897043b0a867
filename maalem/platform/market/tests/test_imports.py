"""The pages of a catalogue that comes in as a spreadsheet."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.catalog.models import Craft
from maalem.platform.market.imports.models import Import
from maalem.platform.market.tests.test_studio import text, visit
from maalem.platform.market.tests.world import words
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db
GOOD = "référence;nom fr;métier;prix\nB-1;Bol;Zellige;120\nB-2;=1+1;Zellige;beaucoup\n"


@pytest.fixture
def shop(world):
    Craft.objects.create(code="zellige", slug="zellige", name=words("Zellige"))
    return world


def send(visit, content=GOOD, *, who=POTTER, name="bols.csv", language="fr"):
    file = SimpleUploadedFile(name, content.encode(), content_type="text/csv")
    return visit(who, "imports/", post={"file": file}, language=language)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_file_is_sent_and_its_page_says_how_far_it_is(shop, visit, language):
    assert send(visit, language=language).status_code == 302
    found = Import.objects.get()
    waiting = text(visit(POTTER, f"imports/{found.pk}/", language=language))
    assert 'data-hx-trigger="every 2s"' in waiting
    drain()
    done = text(visit(POTTER, f"imports/{found.pk}/", language=language))
    assert "every 2s" not in done
    assert "beaucoup" in done
    assert "bols.csv" in text(visit(POTTER, "imports/", language=language))


def test_wrong_lines_come_as_a_file_that_computes_nothing(shop, visit):
    send(visit)
    drain()
    answer = visit(POTTER, f"imports/{Import.objects.get().pk}/wrong.csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "référence;nom fr;métier;prix;Ce qui ne va pas"
    assert rows[1].startswith("B-2;'=1+1;Zellige;beaucoup;prix")


@pytest.mark.parametrize(("language", "said"), [("ar", "ما الخطأ"), ("en", "What is wrong")])
def test_what_is_wrong_is_said_in_the_language_of_the_page(shop, visit, language, said):
    send(visit)
    drain()
    answer = visit(POTTER, f"imports/{Import.objects.get().pk}/wrong.csv", language=language)
    assert answer.content.decode("utf-8-sig").splitlines()[0].endswith(said)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_model_is_a_sheet_that_we_read(shop, visit, language):
    answer = visit(POTTER, "imports/model.csv", language=language)
    head = answer.content.decode("utf-8-sig").strip()
    first = {"fr": "référence", "ar": "المرجع", "en": "reference"}[language]
    assert head.split(";")[0] == first
    made = send(visit, head + "\nB-9" + ";x" * head.count(";") + "\n", language=language)
    assert made.status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "aucune ligne"),
        ("nom fr;prix;métier\nBol;1;Zellige\n", "référence"),
        ("only words", "XLSX"),
    ],
)
def test_a_file_that_can_not_be_is_told_in_words(shop, visit, content, sentence):
    answer = send(visit, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_no_file_at_all_is_told_in_words(shop, visit):
    assert visit(POTTER, "imports/", post={}).status_code == 422


def test_nobody_sees_the_file_of_another_workshop(shop, visit):
    send(visit)
    number = Import.objects.get().pk
    assert visit(WEAVER, f"imports/{number}/").status_code == 404
    assert visit(WEAVER, f"imports/{number}/wrong.csv").status_code == 404
    assert "bols.csv" not in text(visit(WEAVER, "imports/"))
