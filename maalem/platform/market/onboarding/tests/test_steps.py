"""What a workshop lacks is what no row proves; and those who help it read it, nobody else."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan, Maker, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.onboarding import steps
from maalem.platform.market.onboarding.steps import Step


def words(fr: str) -> LazyI18nString:
    return LazyI18nString({"fr": fr})


PROOFS = {
    Step.TELEPHONE: lambda w: Person.objects.filter(memberships__artisan=w).update(
        phone_verified=True
    ),
    Step.ACCOUNT: lambda w: Artisan.objects.filter(pk=w.pk).update(payments_account="acct_1"),
    Step.PORTRAIT: lambda w: Artisan.objects.filter(pk=w.pk).update(portrait="workshops/a"),
    Step.PLACE: lambda w: Artisan.objects.filter(pk=w.pk).update(
        workshop=words("Rue des tisserands")
    ),
    Step.STORY: lambda w: Artisan.objects.filter(pk=w.pk).update(story=words("Depuis toujours")),
    Step.PIECE: lambda w: Product.objects.filter(artisan=w).update(status="published"),
    Step.WEIGHT: lambda w: Product.objects.filter(artisan=w).update(
        status="published", weight_g=900
    ),
}


@pytest.fixture
def bare(world) -> Artisan:
    """The weaver's workshop, with nothing of what it needs."""
    Product.objects.filter(artisan=world.weaver).update(status="withdrawn", weight_g=None)
    Artisan.objects.filter(pk=world.weaver.pk).update(payments_account=None, portrait="")
    return Artisan.objects.get(pk=world.weaver.pk)


@pytest.fixture
def guide(db) -> Client:
    person = Person.objects.create(phone="+212661000801", name="Guide", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="guide_workshops"))
    client = Client()
    client.force_login(person)
    return client


def read(client: Client, path: str = "", *, language: str = "fr") -> str:
    answer = client.get(f"/{language}/beginnings/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("step", PROOFS)
def test_a_step_is_done_by_the_row_that_proves_it_and_by_no_other(bare, step):
    assert steps.of(bare.pk).lacking == list(PROOFS)
    PROOFS[step](bare)
    left = [one for one in PROOFS if one != step]
    if step == Step.WEIGHT:
        left.remove(Step.PIECE)
    assert steps.of(bare.pk).lacking == left


def test_a_workshop_that_has_everything_is_in_the_list_no_more(bare, guide, world):
    assert bare.name in [one.artisan.name for one in steps.unready()[0]]
    for proof in PROOFS.values():
        proof(bare)
    assert steps.of(bare.pk).is_ready
    assert bare.pk not in [one.artisan.pk for one in steps.unready()[0]]
    assert f"/beginnings/{bare.slug}/" not in read(guide)
    assert "7 sur 7" in read(guide, f"{bare.slug}/")


def test_a_cooperative_names_its_makers(bare):
    for proof in PROOFS.values():
        proof(bare)
    Artisan.objects.filter(pk=bare.pk).update(kind="cooperative")
    assert steps.of(bare.pk).lacking == [Step.MAKERS]
    gone = Maker.objects.create(artisan=bare, name=words("Itto"), is_active=False)
    assert steps.of(bare.pk).lacking == [Step.MAKERS]
    Maker.objects.filter(pk=gone.pk).update(is_active=True)
    assert steps.of(bare.pk).is_ready


@pytest.mark.parametrize("empty", ["", "{}"])
def test_words_in_no_language_are_no_words(bare, empty):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE artisans_artisan SET story = %s WHERE id = %s", [empty, bare.pk])
    assert Step.STORY in steps.of(bare.pk).lacking


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Une photo de l’atelier"), ("ar", "صورة للورشة"), ("en", "A photo of the workshop")],
)
def test_who_helps_reads_what_is_lacking_and_whom_to_call(bare, guide, language, said):
    assert said in read(guide, language=language)
    page = read(guide, f"{bare.slug}/", language=language)
    assert said in page
    member = Membership.objects.get(artisan=bare).person
    assert f'href="tel:{member.phone}"' in page


def test_nobody_else_reads_it(bare):
    staff = Person.objects.create(phone="+212661000802", is_staff=True)
    client = Client()
    for path in ("", f"{bare.slug}/"):
        assert client.get(f"/fr/beginnings/{path}").status_code == 302
    client.force_login(staff)
    for path in ("", f"{bare.slug}/", "nobody/"):
        assert client.get(f"/fr/beginnings/{path}").status_code == 404


def test_the_list_asks_as_much_for_many_as_for_one(bare, guide):
    read(guide)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            read(guide)
        return len(found)

    few = asked()
    for number in range(25):
        Artisan.objects.create(
            slug=f"new-{number}", name=words(f"N {number}"), trade="rugs", commune=bare.commune
        )
    assert asked() == few
    oldest = steps.unready()[0][-1].artisan.pk
    assert "new-0/" in read(guide, f"?before={oldest}")
    assert "new-0/" not in read(guide)
