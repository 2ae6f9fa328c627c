"""The outbox: mail is written into it within the transaction that causes it, and sent after its commit.

A mail is sent at least once and, short of a crash between the mail server's yes and our note of it, at most once.
"""

from __future__ import annotations

import datetime
import smtplib
from collections.abc import Callable, Mapping
from email.utils import formataddr, parseaddr
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gesoc.common.commits import after_commit
from partners import tasks
from partners.audit import acting
from partners.models import ConsentRecord, OutboxMail, Person, User

from .links import mint_link

MAX_ATTEMPTS = 8
ERASED = "borrado@anonimo.invalid"
ANSWER_KIND = "arco_answer"  # goes to an address that is forgotten as soon as it was written to
NOTICE_KIND = "privacy_notice"  # the one mail that may go to whoever was not told the notice
SENDER = 150  # letters of a name before the address; some organisations have longer ones
NEWS = "novedades"  # the voluntary purpose of the notice under which news are sent
UNSUBSCRIBE_FOR = datetime.timedelta(days=365)
# A mail server that says one of these refuses this address for good; anything else is tried again.
FINAL_FROM, FINAL_TO = 500, 599


# Kinds whose words are asked for once more when they are sent: what may be told can change while a mail waits.
Renewal = Callable[[Person], tuple[str, Mapping[str, Any]] | None]
_renewals: dict[str, Renewal] = {}


def renew_before_sending(kind: str, renew: Renewal) -> None:
    """`renew(person)` gives template and context of what may be told now; None: nothing, so that nothing is sent."""
    _renewals[kind] = renew


class MailLink(NamedTuple):
    """A personal link that a mail will hold: the page (its one argument is the token), and what the link allows."""

    view: str
    purpose: str
    subject: str
    expires_at: datetime.datetime


def site_url(path: str) -> str:
    """The whole address of a page, for mails and calendars."""
    return urljoin(settings.SITE_URL, path)


def queue_mail(
    *,
    kind: str,
    template: str,
    context: Mapping[str, Any],
    key: str,
    by: User | None,
    person: Person | None = None,
    to: str = "",
    about: str = "",
    links: Mapping[str, MailLink] | None = None,
    reply_to: str = "",
    sender_name: str = "",
    ics: str = "",
    voluntary: bool = False,
    language: str = "",
    not_before: datetime.datetime | None = None,
) -> OutboxMail:
    """Write a mail to `person` (or to an address) into the outbox. The same `key` again returns the first mail.

    Renders `emails/<template>_subject.txt` and `emails/<template>.txt` in the reader's language. In them `{{ link.x }}`
    stands for a personal link `x` of `links`, which is made when the mail is sent and never stored.
    """
    if (known := OutboxMail.objects.filter(key=key).first()) is not None:
        return known
    links = links or {}
    subject, text = _rendered(template, context, links, language or _language_of(person))
    mail = OutboxMail(
        key=key,
        kind=kind,
        about=about,
        person=person,
        to=to or (person.email if person else ""),
        reply_to=reply_to,
        sender_name=sender_name[:SENDER],
        subject=subject[:250],
        text=text,
        links={name: [*link[:3], link.expires_at.isoformat()] for name, link in links.items()},
        ics=ics,
        voluntary=voluntary,
        not_before=not_before or timezone.now(),
        created_by=by,
    )
    if reason := _not_to_mail(mail):
        mail.state, mail.error = OutboxMail.State.SUPPRESSED, reason
    with acting(by, "queue_mail"):
        mail.full_clean(exclude=["links"])
        mail.save()
        if mail.state == OutboxMail.State.QUEUED and mail.not_before <= timezone.now():
            after_commit(tasks.deliver_mail.delay, mail.pk)
    return mail


def deliver_mail(*, mail_id: int) -> OutboxMail | None:
    """Send one mail if it is due and nobody else is at it. None if there was nothing to do."""
    mail = _take(mail_id)
    if mail is None:
        return None
    if reason := _not_to_mail(mail):  # decided while it waited
        mail.state, mail.error = OutboxMail.State.SUPPRESSED, reason
        mail.save(update_fields=["state", "error"])
        return mail
    if not _renewed(mail):
        mail.state, mail.error = OutboxMail.State.SUPPRESSED, gettext("There is nothing left to tell.")
        mail.save(update_fields=["state", "error"])
        return mail
    try:
        _message(mail).send()
    except (smtplib.SMTPException, OSError) as error:
        return _note_failure(mail, error)
    mail.state, mail.sent_at, mail.error = OutboxMail.State.SENT, timezone.now(), ""
    mail.save(update_fields=["state", "sent_at", "error", "subject", "text"])
    _after_sending(mail)
    return mail


def _renewed(mail: OutboxMail) -> bool:
    """Whether there is still something to send; in the words of now."""
    renew = _renewals.get(mail.kind)
    if renew is None or mail.person is None:
        return True
    found = renew(mail.person)
    if found is None:
        return False
    mail.subject, mail.text = _rendered(*found, {}, _language_of(mail.person))
    mail.subject = mail.subject[:250]
    return True


def _after_sending(mail: OutboxMail) -> None:
    if mail.kind == NOTICE_KIND and mail.person_id:
        Person.objects.filter(pk=mail.person_id).update(awaits_notice=False)
    if mail.kind == ANSWER_KIND:
        OutboxMail.objects.filter(pk=mail.pk).update(to=ERASED, text="")


def retry_mail(*, mail: OutboxMail, by: User) -> OutboxMail:
    """Try a failed mail again at once, from the beginning."""
    with acting(by, "retry_mail"):
        OutboxMail.objects.filter(pk=mail.pk, state=OutboxMail.State.FAILED).update(
            state=OutboxMail.State.QUEUED, attempts=0, not_before=timezone.now()
        )
        after_commit(tasks.deliver_mail.delay, mail.pk)
        mail.refresh_from_db()
        return mail


def suppress_mail(*, about: str, by: User | None, kind: str = "", reason: str = "") -> int:
    """What still waits about an object is not sent (it was cancelled, withdrawn, erased). How many there were."""
    waiting = OutboxMail.objects.filter(about=about, state=OutboxMail.State.QUEUED)
    if kind:
        waiting = waiting.filter(kind=kind)
    with acting(by, "suppress_mail"):
        return waiting.update(state=OutboxMail.State.SUPPRESSED, error=reason[:500])


def _not_to_mail(mail: OutboxMail) -> str:
    """Why this person gets no such mail; nothing if they do."""
    person = mail.person
    if person is None:
        return ""
    if person.state == Person.State.ANONYMISED:
        return gettext("Their data were erased.")
    if person.awaits_notice and mail.kind != NOTICE_KIND:
        return gettext("They were not told the privacy notice yet.")
    latest = person.consents.filter(purpose=NEWS).order_by("-at", "-pk").first() if mail.voluntary else None
    if latest is not None and latest.decision != ConsentRecord.Decision.GIVEN:
        return gettext("They do not want news.")
    return ""


def _rendered(
    template: str, context: Mapping[str, Any], links: Mapping[str, MailLink], language: str
) -> tuple[str, str]:
    whole = {**context, "link": {name: _placeholder(name) for name in links}, "site": settings.SITE_URL}
    with translation.override(language):
        subject = render_to_string(f"emails/{template}_subject.txt", whole)
        return " ".join(subject.split()), render_to_string(f"emails/{template}.txt", whole)


def _language_of(person: Person | None) -> str:
    return person.preferred_language if person else settings.LANGUAGE_CODE


def _placeholder(name: str) -> str:
    return f"[[{name}]]"


def _take(mail_id: int) -> OutboxMail | None:
    """Mark a due mail as ours; of two workers the second finds it taken."""
    with transaction.atomic():
        mail = OutboxMail.objects.due().select_for_update(skip_locked=True, of=("self",)).filter(pk=mail_id).first()
        if mail is None:
            return None
        mail.state, mail.taken_at, mail.attempts = OutboxMail.State.SENDING, timezone.now(), mail.attempts + 1
        mail.save(update_fields=["state", "taken_at", "attempts"])
        return mail


def _message(mail: OutboxMail) -> EmailMessage:
    sender, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMessage(
        subject=mail.subject,
        body=_with_links(mail),
        from_email=formataddr((mail.sender_name or sender, address)),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"X-Mesa-Key": mail.key, "Auto-Submitted": "auto-generated"},
    )
    if mail.voluntary and mail.person is not None:  # one click in the mail program (RFC 8058)
        expires = timezone.now() + UNSUBSCRIBE_FOR
        subject = str(mail.person.key)
        token = mint_link(purpose="unsubscribe", subject=subject, person=mail.person, expires_at=expires)
        way_out = site_url(reverse("partners:unsubscribe", args=[token]))
        with translation.override(_language_of(mail.person)):
            said = gettext("You do not want mails like this one any more? One click:")
        message.body += f"\n{said}\n{way_out}\n"
        message.extra_headers["List-Unsubscribe"] = f"<{way_out}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.ics:
        method = "CANCEL" if "METHOD:CANCEL" in mail.ics else "REQUEST"
        message.attach("invite.ics", mail.ics, f"text/calendar; charset=utf-8; method={method}")
    return message


def _with_links(mail: OutboxMail) -> str:
    """The text with fresh tokens in it. Tokens of an attempt that failed stay valid: it may have arrived after all."""
    text = mail.text
    with translation.override(_language_of(mail.person)):
        for name, (view, purpose, subject, expires_at) in mail.links.items():
            expires = datetime.datetime.fromisoformat(expires_at)
            token = mint_link(purpose=purpose, subject=subject, person=mail.person, expires_at=expires)
            text = text.replace(_placeholder(name), site_url(reverse(view, args=[token])))
    return text


def _note_failure(mail: OutboxMail, error: Exception) -> OutboxMail:
    """Back to the queue with growing pauses (1, 2, 4 … minutes); for good if the address was refused."""
    mail.error = f"{type(error).__name__}: {error}"[:500]
    final = mail.attempts >= MAX_ATTEMPTS or _refused_for_good(error)
    mail.state = OutboxMail.State.FAILED if final else OutboxMail.State.QUEUED
    mail.not_before = timezone.now() + datetime.timedelta(minutes=2 ** (mail.attempts - 1))
    mail.save(update_fields=["state", "error", "not_before"])
    return mail


def _refused_for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return bool(codes) and all(FINAL_FROM <= code <= FINAL_TO for code in codes)
    return isinstance(error, smtplib.SMTPResponseException) and FINAL_FROM <= error.smtp_code <= FINAL_TO
