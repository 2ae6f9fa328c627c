"""Mail to people of the network."""

from __future__ import annotations

from celery import shared_task

from .models import OutboxMail

SWEEP = 200  # mails a turn


@shared_task
def deliver_mail(mail_id: int) -> None:
    """Send one mail of the outbox. Safe to deliver twice; a failure waits in the outbox for `deliver_due_mail`."""
    from .services.mail import deliver_mail as deliver  # services start this task, so they are above it

    deliver(mail_id=mail_id)


@shared_task
def deliver_due_mail() -> int:
    """Send what is due: for later, to be tried again, or lost with a broker that was emptied."""
    from .services.mail import deliver_mail as deliver

    due = list(OutboxMail.objects.due().order_by("not_before").values_list("pk", flat=True)[:SWEEP])
    return sum(deliver(mail_id=pk) is not None for pk in due)


@shared_task
def purge_expired() -> dict[str, int]:
    """Once a day: what nobody needs any more goes by itself."""
    from .services.privacy import purge_expired as purge

    return purge()
