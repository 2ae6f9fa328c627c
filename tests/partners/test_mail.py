"""The outbox: one mail a key, sent after the commit, links made at sending, failures kept and tried again."""

import datetime
import re
import smtplib

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from partners import services, tasks
from partners.models import OutboxMail, SignedLink
from tests.factories.partners import PersonFactory, UserFactory
from tests.outage import broker_at

pytestmark = pytest.mark.django_db


class Failing(BaseEmailBackend):
    """A mail server that answers as `error` says."""

    error: Exception = ConnectionRefusedError("no server")

    def send_messages(self, messages):
        raise self.error


@pytest.fixture
def templates(settings, tmp_path):
    """A mail of our own with a personal link in it."""
    (tmp_path / "emails").mkdir()
    (tmp_path / "emails/prueba_subject.txt").write_text("Hola {{ name }}\n")
    (tmp_path / "emails/prueba.txt").write_text("Hola {{ name }}: {{ link.answer }}\n")
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


def queue(person=None, key="one", **fields):
    link = services.MailLink("partners:organisation", "answer", "object-1", timezone.now() + datetime.timedelta(days=1))
    defaults = {"kind": "prueba", "template": "prueba", "context": {"name": "Ana"}, "links": {"answer": link}}
    return services.queue_mail(**{**defaults, "key": key, "by": None, "person": person or PersonFactory(), **fields})


@pytest.mark.django_db(transaction=True)
def test_mail_waits_in_the_outbox_while_the_queue_of_work_is_away(templates, mailoutbox):
    with broker_at():
        mail = queue(person=PersonFactory(email="ana@mesa.example"))  # whoever acts sees no error
        mail.refresh_from_db()
        assert mail.state == OutboxMail.State.QUEUED
    assert tasks.deliver_due_mail() == 1
    assert [sent.to for sent in mailoutbox] == [["ana@mesa.example"]]


def test_mail_is_sent_with_a_fresh_link_that_is_stored_nowhere(templates):
    person = PersonFactory(email="ana@mesa.example")
    waiting = queue(person, reply_to="aliada@mesa.example", sender_name="Laguna Abierta")
    assert "[[answer]]" in waiting.text
    assert SignedLink.objects.count() == 0
    sent = services.deliver_mail(mail_id=waiting.pk)
    assert (sent.state, sent.attempts) == ("enviado", 1)
    [message] = django_mail.outbox
    assert (message.subject, message.to, message.reply_to) == (
        "Hola Ana",
        ["ana@mesa.example"],
        ["aliada@mesa.example"],
    )
    assert message.from_email.startswith("Laguna Abierta <")
    token = re.search(r"http://127\.0\.0\.1:8000/organizaciones/([\w-]+)/", message.body)[1]
    assert services.find_link(token=token, purpose="answer").person == person
    stored = str(list(OutboxMail.objects.values())) + str(list(SignedLink.objects.values()))
    assert token not in stored


def test_the_same_key_is_one_mail_and_one_sending(templates):
    first = queue()
    assert queue() == first
    services.deliver_mail(mail_id=first.pk)
    assert services.deliver_mail(mail_id=first.pk) is None
    assert len(django_mail.outbox) == 1


def test_queueing_sends_after_the_commit_and_not_before(templates, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queue()
        queue(key="later", not_before=timezone.now() + datetime.timedelta(hours=1))
    assert len(callbacks) == 1
    assert django_mail.outbox == []


def test_a_failure_waits_and_is_tried_again_then_given_up(templates, settings, time_machine):
    waiting = queue()
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    for attempt in range(1, services.mail.MAX_ATTEMPTS + 1):
        assert tasks.deliver_due_mail() == 1
        assert tasks.deliver_due_mail() == 0
        waiting.refresh_from_db()
        assert waiting.attempts == attempt
        time_machine.move_to(waiting.not_before + datetime.timedelta(seconds=1))
    assert (waiting.state, waiting.error) == ("fallido", "ConnectionRefusedError: no server")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    services.retry_mail(mail=waiting, by=UserFactory())
    assert tasks.deliver_due_mail() == 1
    assert len(django_mail.outbox) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"ana@mesa.example": (550, b"no such user")}), "fallido"),
        (smtplib.SMTPRecipientsRefused({"ana@mesa.example": (451, b"later")}), "en_cola"),
        (smtplib.SMTPDataError(552, b"too large"), "fallido"),
        (smtplib.SMTPServerDisconnected("gone"), "en_cola"),
    ],
)
def test_an_address_that_is_refused_for_good_is_not_tried_again(templates, settings, monkeypatch, error, state):
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    monkeypatch.setattr(Failing, "error", error)
    assert services.deliver_mail(mail_id=queue().pk).state == state


def test_mail_left_half_way_by_a_worker_that_died_is_taken_up_again(templates, time_machine):
    waiting = queue()
    OutboxMail.objects.filter(pk=waiting.pk).update(state="enviando", taken_at=timezone.now())
    assert tasks.deliver_due_mail() == 0
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=11))
    assert tasks.deliver_due_mail() == 1


def test_what_waits_about_an_object_can_be_held_back(templates):
    waiting = queue(about="dialogues.session:1")
    assert services.suppress_mail(about="dialogues.session:1", by=None, reason="cancelled") == 1
    assert services.deliver_mail(mail_id=waiting.pk) is None
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("suprimido", "cancelled")


def test_a_calendar_entry_goes_along(templates):
    services.deliver_mail(mail_id=queue(ics="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\n").pk)
    [(name, _content, kind)] = django_mail.outbox[0].attachments
    assert (name, kind) == ("invite.ics", "text/calendar; charset=utf-8; method=CANCEL")
