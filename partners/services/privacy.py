"""What people are told about their data, what they ask for, and how their data end.

Terms in days come from the settings: the law of 2025 changed the authority, and counsel has to confirm the deadlines.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pghistory.models
import pgtrigger
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.audit import acting
from partners.models import (
    ArcoRequest,
    ConsentRecord,
    Erasure,
    ImportBatch,
    Merge,
    OutboxMail,
    Person,
    PersonEvent,
    PrivacyNotice,
    SignedLink,
    User,
    UserEvent,
)

from .mail import ANSWER_KIND, ERASED, NEWS, NOTICE_KIND, MailLink, queue_mail, site_url
from .mentions import Place, redact_again, undecided
from .people import notice_in_force, record_consent

NOTICE_LINK_FOR = datetime.timedelta(days=90)
NOTICES_A_TURN = 500
# Apps above add what they keep of a person beside foreign keys: a function that erases it and says how many rows.
Eraser = Callable[[Person], int]
_erasers: list[Eraser] = []


def add_eraser(eraser: Eraser) -> None:
    """Register what an app erases of a person who is anonymised; once, from `AppConfig.ready`."""
    if eraser not in _erasers:
        _erasers.append(eraser)


# -- requests -------------------------------------------------------------------------------------------------------


def working_days_after(day: datetime.date, days: int) -> datetime.date:
    """Weekends are left out; holidays are not known here, so a real term never ends earlier than this one."""
    while days:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < 5
    return day


def receive_arco(*, kind: str, name: str, email: str, text: str, by: User | None) -> ArcoRequest:
    """A request, with the day by which it has to be answered. Who it is about is found out when identity is verified."""
    today = timezone.localdate()
    request = ArcoRequest(
        kind=kind,
        name=name.strip(),
        email=email.strip().lower(),
        text=text,
        received_on=today,
        answer_due_on=working_days_after(today, settings.ARCO_ANSWER_DAYS),
    )
    with acting(by, "receive_arco"):
        request.full_clean()
        request.save()
        return request


def verify_identity(*, request: ArcoRequest, person: Person | None, note: str, by: User) -> ArcoRequest:
    if not note.strip():
        raise ValidationError({"identity_note": _("Say how you made sure that it is them.")})
    with _open(request, by, "verify_identity", ArcoRequest.State.RECEIVED) as current:
        current.person, current.identity_note, current.state = person, note.strip(), ArcoRequest.State.IDENTIFIED
        return current


def answer_arco(*, request: ArcoRequest, granted: bool, answer: str, by: User) -> ArcoRequest:
    """Granted, with the day by which it has to be done; or refused, and why."""
    if not answer.strip():
        raise ValidationError({"answer": _("Write the answer that the person gets.")})
    with _open(request, by, "answer_arco", ArcoRequest.State.IDENTIFIED) as current:
        current.answer = answer.strip()
        today = timezone.localdate()
        if granted:
            current.state = ArcoRequest.State.GRANTED
            current.fulfil_due_on = working_days_after(today, settings.ARCO_FULFIL_DAYS)
        else:
            current.state, current.closed_on = ArcoRequest.State.REFUSED, today
            _send_answer(current, current.email, current.answer, by)
        return current


def fulfil_arco(*, request: ArcoRequest, by: User) -> ArcoRequest:
    """Done. An erasure is carried out here; of the request itself only its kind and its dates remain.

    Not before somebody decided about every text that names them: afterwards nobody would know whom to look for.
    """
    with _open(request, by, "fulfil_arco", ArcoRequest.State.GRANTED) as current:
        if current.is_about_texts and undecided(current):
            raise ValidationError(_("There are texts that name them: decide first about each."))
        email, answer = current.email, current.answer  # before an erasure takes them
        _remember_texts(current)
        if current.kind == ArcoRequest.Kind.CANCELLATION and current.person is not None:
            anonymise(person=current.person, by=by)
            current.refresh_from_db()
        if current.kind == ArcoRequest.Kind.REVOCATION and current.person is not None:
            withdraw_news(person=current.person, by=by)
        current.state, current.closed_on = ArcoRequest.State.FULFILLED, timezone.localdate()
        _send_answer(current, email, answer, by)
        return current


def _send_answer(request: ArcoRequest, email: str, answer: str, by: User) -> None:
    """What was answered goes to the address that asked; the mail forgets both as soon as it was sent."""
    queue_mail(
        kind=ANSWER_KIND,
        template="arco_answer",
        context={"request": request, "answer": answer},
        key=f"{ANSWER_KIND}:{request.key}",
        to=email,
        by=by,
    )


@contextmanager
def _open(request: ArcoRequest, by: User, action: str, start: str) -> Iterator[ArcoRequest]:
    """The request as it is now, kept from others, if it stands where this step begins; saved afterwards."""
    with acting(by, action):
        current = ArcoRequest.objects.select_for_update().get(pk=request.pk)
        if current.state != start:
            raise ValidationError(
                _("This request is “%(state)s”, so this cannot be done."), params={"state": current.get_state_display()}
            )
        current.handled_by = by
        yield current
        current.full_clean()
        current.save()


# -- consent --------------------------------------------------------------------------------------------------------


def consents_of(person: Person) -> dict[str, str]:
    """Purpose -> the latest decision about it."""
    rows = person.consents.order_by("purpose", "-at", "-pk").distinct("purpose")
    return dict(rows.values_list("purpose", "decision"))


def record_decisions(*, person: Person, notice: PrivacyNotice, given: set[str]) -> None:
    """What somebody decided about every voluntary purpose; a decision that did not change is not written again."""
    decided = consents_of(person)
    with acting(None, "record_decisions"):
        for purpose in notice.purposes:
            code = purpose["code"]
            yes = purpose["necessary"] or code in given
            before = decided.get(code)
            if yes and before != ConsentRecord.Decision.GIVEN:
                record_consent(
                    person=person, purpose=code, notice=notice, decision=ConsentRecord.Decision.GIVEN, by=None
                )
            elif not yes and before in (None, ConsentRecord.Decision.GIVEN):
                said = ConsentRecord.Decision.WITHDRAWN if before else ConsentRecord.Decision.REFUSED
                record_consent(person=person, purpose=code, notice=notice, decision=said, by=None)


def withdraw_news(*, person: Person, by: User | None) -> ConsentRecord | None:
    """No more voluntary mail; what belongs to a confirmed registration still comes. Nothing if it was so already."""
    notice = notice_in_force(person.preferred_language)
    if notice is None or consents_of(person).get(NEWS) == ConsentRecord.Decision.WITHDRAWN:
        return None
    decision = ConsentRecord.Decision.WITHDRAWN
    return record_consent(person=person, purpose=NEWS, notice=notice, decision=decision, by=by)


def send_notice(*, person: Person, by: User) -> bool:
    """Tell somebody who came with a list what GESOC does with their data, and where they decide. Whether it was sent."""
    notice = notice_in_force(person.preferred_language)
    if notice is None or not person.email or person.state != Person.State.ACTIVE:
        return False
    expires = timezone.now() + NOTICE_LINK_FOR
    decide = MailLink(view="partners:decisions", purpose="consent", subject=str(person.key), expires_at=expires)
    queue_mail(
        kind=NOTICE_KIND,
        template="privacy_notice",
        context={"person": person, "notice": notice, "url": site_url(reverse("partners:privacy_notice"))},
        key=f"{NOTICE_KIND}:{notice.version}:{person.key}",
        person=person,
        links={"decide": decide},
        by=by,
    )
    return True


def send_due_notices(*, by: User) -> int:
    """To whoever was not told yet and has an address, some hundreds a turn. How many mails were written."""
    told = OutboxMail.objects.filter(kind=NOTICE_KIND).values("person")
    waiting = Person.objects.active().filter(awaits_notice=True).exclude(email="").exclude(pk__in=told)
    with acting(by, "send_due_notices"):
        return sum(send_notice(person=person, by=by) for person in waiting.order_by("pk")[:NOTICES_A_TURN])


# -- the end of somebody's data ---------------------------------------------------------------------------------------


ERASED_AUTHOR = "Persona borrada"  # kept as a name, in the language of the site


def label_of(person: Person) -> str:
    """What stands for somebody afterwards, always the same: attendance can still be counted, nobody be found."""
    return f"Participante {hashlib.sha256(person.key.bytes).hexdigest()[:4].upper()}"


def key_hash(person: Person) -> str:
    return hashlib.sha256(f"mesa:{person.key}".encode()).hexdigest()


def anonymise(*, person: Person, by: User | None) -> Person:
    """Name, addresses and account go: here, in every earlier version, in mails, lists and links. Cannot be undone."""
    with acting(by, "anonymise"):
        people = list(Person.objects.select_for_update().filter(Q(pk=person.pk) | Q(merged_into=person.pk)))
        traces = {text for one in people for text in (one.full_name, one.email, one.phone) if text}
        for one in people:
            _erase(one)
        _redact_notes(traces)
        _append_to_list([key_hash(one) for one in people])
        person.refresh_from_db()
        return person


def _erase(person: Person) -> None:
    label, email = label_of(person), person.email
    _erase_mail(person, email, label)
    _erase_lists({email, person.full_name} - {""})
    _erase_requests(person, email)
    if person.user is not None:
        _close_account(person.user, person)
    merges = Merge.objects.filter(Q(source_id=person.pk) | Q(target_id=person.pk), kind=Merge.Kind.PERSON)
    merges.update(moved=[])  # they hold addresses, and could bring them back
    with pgtrigger.ignore("partners.ConsentRecord:append_only"):
        person.consents.update(evidence="")
    for eraser in _erasers:
        eraser(person)
    blank: dict[str, Any] = {"email": "", "phone": "", "source": "", "municipality": None, "user": None}
    for name, value in {"full_name": label, "shared_email": False, **blank}.items():
        setattr(person, name, value)
    if person.state == Person.State.ACTIVE:
        person.state = Person.State.ANONYMISED
    person.full_clean()
    person.save()
    kept = {name: getattr(person, name) for name in ("sort_key", "search_text", "phone_key")}
    _rewrite(PersonEvent, person.pk, {"full_name": label, **blank, **kept})
    Erasure.objects.get_or_create(key_hash=key_hash(person))


SHORTEST = 6  # a shorter trace would hit what is not theirs


def blot(rows: models.QuerySet[Any], field: str, person: Person, instead: str = "…") -> int:
    """Where a text holds the whole name, address or phone of somebody, these go and the other words stay."""
    count = 0
    for trace in (person.full_name, person.email, person.phone):
        if len(trace) < SHORTEST:
            continue
        whole = re.compile(rf"(?<!\w){re.escape(trace)}(?!\w)", re.IGNORECASE)
        for row in rows.filter(**{f"{field}__icontains": trace}):
            text = whole.sub(instead, getattr(row, field))
            if text == getattr(row, field):
                continue
            count += type(row)._base_manager.filter(pk=row.pk).update(**{field: text})
    return count


def _rewrite(history: type[models.Model], pk: int, values: dict[str, Any]) -> None:
    """The one place where history is changed: somebody's right to be forgotten goes before ours to remember."""
    history._default_manager.filter(pgh_obj_id=pk).update(**values)


def _erase_mail(person: Person, email: str, label: str) -> None:
    theirs = OutboxMail.objects.filter(Q(person=person) | (Q(to=email) if email else Q(pk=None)))
    waiting = Q(state__in=(OutboxMail.State.QUEUED, OutboxMail.State.SENDING))
    theirs.filter(waiting).update(state=OutboxMail.State.SUPPRESSED)
    theirs.update(to=ERASED, subject=label, text="", ics="", links={}, error="", reply_to="")
    SignedLink.objects.filter(person=person).delete()


def _erase_lists(traces: set[str]) -> None:
    """Lists that still wait between preview and taking over."""
    folded = {text.casefold() for text in traces}
    for batch in ImportBatch.objects.exclude(rows=[]):
        kept = [row for row in batch.rows if not folded & {str(value).casefold() for value in row.values()}]
        if len(kept) != len(batch.rows):
            batch.rows = kept
            batch.save(update_fields=["rows"])


def _erase_requests(person: Person, email: str) -> None:
    theirs = ArcoRequest.objects.filter(Q(person=person) | (Q(email=email) if email else Q(pk=None)))
    theirs.update(name="", email="", text="", answer="", identity_note="")


def _close_account(user: User, person: Person) -> None:
    """What they wrote with it stays, and is told as of somebody who was erased."""
    email = f"anonimo-{hashlib.sha256(person.key.bytes).hexdigest()[:16]}@anonimo.invalid"
    EmailAddress.objects.filter(user=user).delete()
    user.email, user.full_name, user.is_active = email, ERASED_AUTHOR, False
    user.is_gesoc = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    _rewrite(UserEvent, user.pk, {"email": email, "full_name": ERASED_AUTHOR})


def _redact_notes(traces: Iterable[str]) -> None:
    """Reasons and addresses of pages beside changes may quote a name or an e-mail."""
    contexts = pghistory.models.Context.objects.annotate(written=Cast("metadata", TextField()))
    for text in traces:
        if len(text) < 6:  # would hit what is not theirs
            continue
        for context in contexts.filter(written__icontains=text):
            context.metadata = {
                name: "…" if isinstance(value, str) and text.casefold() in value.casefold() else value
                for name, value in context.metadata.items()
            }
            context.save(update_fields=["metadata"])


# -- after a restore ------------------------------------------------------------------------------------------------


def _append_to_list(hashes: list[str]) -> None:
    """Outside the database, so that a restored backup does not bring the erased back unnoticed."""

    def write() -> None:
        path = Path(settings.ERASURES_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.writelines(f"{one}\n" for one in hashes)

    transaction.on_commit(write)


def _remember_texts(request: ArcoRequest) -> None:
    """Where a name was taken out of a text goes on the list too, beside whose it was: a backup has the name again."""
    if request.person is None:
        return
    places = request.text_decisions.filter(redacted=True).values_list("table", "row", "field")
    _append_to_list([f"{key_hash(request.person)} {Place(*place)}" for place in places])


def reapply_erasures(*, hashes: Iterable[str]) -> int:
    """Erase again whoever a restored backup brought back, also from texts. How many there were.

    A line is a hash, or a hash and the place of a text: `app.table.row.column`.
    """
    lines = [one.split() for one in hashes if one.strip()]
    wanted = {line[0] for line in lines} | set(Erasure.objects.values_list("key_hash", flat=True))
    texts: dict[str, list[str]] = {}
    for key, *places in lines:
        texts.setdefault(key, []).extend(places)
    back = Person.objects.exclude(state=Person.State.ANONYMISED).exclude(email="", phone="", state="fusionada")
    found = [person for person in back.iterator() if key_hash(person) in wanted]
    for person in found:
        for place in texts.get(key_hash(person), []):
            redact_again(place, person)
        anonymise(person=person, by=None)
    return len(found)


# -- terms ----------------------------------------------------------------------------------------------------------


def purge_expired() -> dict[str, int]:
    """What nobody needs any more goes by itself: lists that were never taken over, old mails, dead links, old merges."""
    now = timezone.now()

    def before(days: int) -> datetime.datetime:
        return now - datetime.timedelta(days=days)

    closed = (OutboxMail.State.SENT, OutboxMail.State.SUPPRESSED, OutboxMail.State.FAILED)
    mails = OutboxMail.objects.filter(state__in=closed, created_at__lt=before(settings.MAIL_KEPT_DAYS)).exclude(text="")
    lists = ImportBatch.objects.filter(created_at__lt=before(settings.IMPORT_KEPT_DAYS)).exclude(rows=[])
    links = SignedLink.objects.filter(expires_at__lt=before(settings.LINKS_KEPT_DAYS))
    merges = Merge.objects.filter(at__lt=before(settings.MERGE_UNDO_DAYS)).exclude(moved=[])
    requests = ArcoRequest.objects.filter(closed_on__lt=before(settings.ARCO_KEPT_DAYS).date()).exclude(
        email="", name=""
    )
    with acting(None, "purge_expired"):
        return {
            "mails": mails.update(text="", ics="", links={}),
            "lists": lists.update(rows=[]),
            "links": links.delete()[0],
            "merges": merges.update(moved=[]),
            "requests": requests.update(name="", email="", text="", answer="", identity_note=""),
        }
