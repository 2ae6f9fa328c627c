"""A full room and many invitations, small: the same that `script/bench dialogue` does with 200 people and 2,000 mails."""

from datetime import timedelta

import pytest
import redis
from django.utils import timezone

from benchmarks import dialogue
from benchmarks.mailbox import mailbox
from dialogues import clock, services
from dialogues.services.invitations import write_queued
from partners.models import OutboxMail
from partners.tasks import deliver_due_mail
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import GesocFactory


@pytest.mark.django_db(transaction=True)
def test_ten_people_at_once_answer_arrive_and_vote_once_each_though_redis_drops_everybody(live_server, settings):
    def drop_everybody():
        redis.Redis.from_url(settings.REDIS_URL).client_kill_filter(_type="normal", skipme=True)

    begins = clock.wall(timezone.now() + timedelta(minutes=30), "America/Monterrey")
    session = SessionFactory(state="convocada", local_start=begins)
    round, _took = dialogue.fill_room(session, GesocFactory(), 10, live_server.url, drop_everybody)
    assert dialogue.counted(session, round, 10) == []
    mails = OutboxMail.objects.filter(about=f"dialogues.session:{session.key}", kind="dialogue_place")
    assert mails.values("person").distinct().count() == mails.count() == 10


@pytest.mark.django_db
def test_edge_32_each_of_forty_gets_one_mail_from_a_server_that_refuses_one_in_ten(settings):
    session = SessionFactory(state="convocada")
    rows = dialogue.invited(session, 40, "borrador")
    assert services.send_invitations(session=session, by=GesocFactory()) == 40
    with mailbox(refuse=0.3) as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert write_queued(session=session, by=None) == 40
        waiting = OutboxMail.objects.exclude(state="enviado")
        for _turn in range(8):
            deliver_due_mail()
            waiting.update(not_before=timezone.now())  # the pauses between two attempts
        assert not waiting.exists()
    assert box.refused > 3
    keys = OutboxMail.objects.filter(person__in=[row.person for row in rows]).values_list("key", flat=True)
    assert box.taken == dict.fromkeys(keys, 1)
    assert len(keys) == 40
