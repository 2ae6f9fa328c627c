"""Mail to people of the network."""

from __future__ import annotations

from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from .models import Membership, OutboxMail, User

SWEEP = 200  # mails a turn


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_invitation(membership_id: int, site: str) -> None:
    """Tell an invited person how to get in. Nothing is sent for an invitation that was answered or withdrawn."""
    membership = (
        Membership.objects.select_related("user", "organisation")
        .filter(pk=membership_id, state=Membership.State.INVITED, user__is_active=True)
        .first()
    )
    if membership is None:
        return
    with translation.override(membership.user.preferred_language):
        context = {"membership": membership, "link": urljoin(site, _way_in(membership.user))}
        subject = render_to_string("emails/invitation_subject.txt", context)
        body = render_to_string("emails/invitation.txt", context)
    send_mail(" ".join(subject.split()), body, None, [membership.user.email])


def _way_in(user: User) -> str:
    """The account page, or for an account without a password the page where one is chosen."""
    if user.has_usable_password():
        return reverse("account")
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uidb36, _dash, token = key.partition("-")
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})


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
