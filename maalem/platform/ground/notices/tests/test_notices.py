import json
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.template.exceptions import TemplateDoesNotExist

from maalem.platform.ground.jobs import queries as queue
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices import actions, carriers, delivery, segments
from maalem.platform.ground.notices.actions import Recipient, notify
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from tests.cast import BUYER, WEAVER

pytestmark = pytest.mark.django_db
CODE = {"code": "123456", "minutes": 5}


class Broken:
    """A carrier that never takes anything."""

    final = False

    def send(self, *, phone, text, reference):
        raise carriers.CarrierTrouble("no route", final=self.final)


class Refusing(Broken):
    final = True


@pytest.fixture(autouse=True)
def _carriers(settings, tmp_path):
    settings.HOME = tmp_path
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.FileSms"
    settings.DEMO = False


def texts(settings):
    path = Path(settings.HOME) / "sms.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_person_is_told_in_her_language_by_telephone(settings):
    weaver = Person.objects.create_user(phone=WEAVER.phone, name=WEAVER.name, language="ar")
    (message,) = notify(kind="login_code", to=weaver, context=CODE, secret=True)
    assert message.body.startswith("رمزك في معلم: 123456")
    assert drain() == ["deliver"]
    assert [text["phone"] for text in texts(settings)] == [WEAVER.phone]


def test_a_delivered_code_is_not_kept():
    notify(kind="login_code", to=WEAVER.phone, language="fr", context=CODE, secret=True)
    drain()
    assert Message.objects.get().status == "sent"
    assert Message.objects.get().body == ""


def test_a_guest_with_both_is_told_by_both(settings):
    guest = Recipient(phone=BUYER.phone, email=BUYER.email)
    notify(kind="login_code", to=guest, language="en", context=CODE)
    drain()
    assert len(texts(settings)) == 1
    (letter,) = mail.outbox
    assert letter.to == [BUYER.email]
    assert letter.subject == "123456 is your Maalem code"
    assert "123456" in letter.body


def test_what_one_carrier_refuses_keeps_no_other_waiting(settings):
    settings.SMS_SENDER = f"{__name__}.Broken"
    guest = Recipient(phone=BUYER.phone, email=BUYER.email)
    notify(kind="login_code", to=guest, language="en", context=CODE)
    with pytest.raises(carriers.CarrierTrouble):
        drain()
    assert len(mail.outbox) == 1
    assert set(Message.objects.values_list("channel", "status")) == {
        ("sms", "queued"),
        ("email", "sent"),
    }


def test_a_job_that_was_cut_off_before_it_carried_carries_when_it_runs_again(settings):
    told = {"kind": "login_code", "to": WEAVER.phone, "context": CODE, "key": "code-1"}
    actions.write(**told, again=True)
    assert actions.write(**told) == []
    for _ in range(2):
        actions.carry(actions.write(**told, again=True))
    assert len(texts(settings)) == 1


def test_what_a_job_could_not_hand_over_is_tried_again_by_another(settings):
    settings.SMS_SENDER = f"{__name__}.Broken"
    told = {"kind": "login_code", "to": WEAVER.phone, "context": CODE, "key": "code-1"}
    actions.carry(actions.write(**told, again=True))
    assert (Message.objects.get().status, Message.objects.get().attempts) == ("queued", 1)
    assert actions.write(**told, again=True) == []
    (job,) = queue.waiting()
    assert (job.args, job.scheduled_at is None) == ({"messages": [Message.objects.get().pk]}, False)


def test_nothing_is_told_of_what_was_rolled_back(settings):
    class Undo(Exception):
        pass

    def tell_and_undo():
        with transaction.atomic():
            notify(kind="login_code", to=WEAVER.phone, context=CODE)
            raise Undo

    with pytest.raises(Undo):
        tell_and_undo()
    assert drain() == []
    assert Message.objects.count() == 0


def test_the_same_thing_is_told_once(settings):
    for _ in range(2):
        notify(kind="login_code", to=WEAVER.phone, context=CODE, key="paid-M-1")
    drain()
    assert len(texts(settings)) == 1


def test_a_carrier_in_trouble_is_asked_again_and_then_a_person_is(settings):
    settings.SMS_SENDER = f"{__name__}.Broken"
    (message,) = notify(kind="login_code", to=WEAVER.phone, context=CODE)
    for _ in range(delivery.TRIES - 1):
        with pytest.raises(carriers.CarrierTrouble):
            delivery.deliver(message.pk)
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.trouble) == ("parked", 8, "no route")
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.FileSms"
    actions.send_again(message)
    drain()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("sent", 1)


def test_a_number_that_does_not_exist_is_not_tried_again(settings):
    settings.SMS_SENDER = f"{__name__}.Refusing"
    (message,) = notify(kind="login_code", to=WEAVER.phone, context=CODE)
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert message.status == "parked"


def test_delivering_twice_tells_once(settings):
    (message,) = notify(kind="login_code", to=WEAVER.phone, context=CODE)
    delivery.deliver(message.pk)
    delivery.deliver(message.pk)
    assert len(texts(settings)) == 1


def test_a_kind_without_words_is_a_bug_and_loud():
    with pytest.raises(TemplateDoesNotExist):
        notify(kind="no_such_kind", to=WEAVER.phone)


def test_somebody_out_of_reach_is_no_recipient():
    with pytest.raises(ValueError, match="neither"):
        notify(kind="login_code", to="nobody", context=CODE)


@pytest.mark.parametrize(("language", "most"), [("fr", 1), ("en", 1), ("ar", 1)])
def test_a_code_fits_one_segment(language, most):
    (message,) = notify(kind="login_code", to=WEAVER.phone, language=language, context=CODE)
    assert segments.size(message.body).segments <= most
