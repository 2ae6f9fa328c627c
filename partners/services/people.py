"""Everything that changes contacts, what they belong to, and what they agreed to."""

from __future__ import annotations

from django.utils import timezone

from partners.audit import acting
from partners.models import Affiliation, ConsentRecord, Organisation, Person, PrivacyNotice, User

DIALOGUES = "dialogos"  # the purpose of the notice under which somebody takes part in a dialogue


def save_person(*, person: Person, by: User | None) -> Person:
    """Create or change a contact; whoever added them goes on seeing them."""
    with acting(by, "save_person"):
        if person.pk is None and person.added_by_id is None:
            person.added_by = by
        person.email = person.email.strip().lower()  # before it is checked: a blank at the end is no other address
        person.full_clean()
        person.save()
        return person


def person_of(*, user: User) -> Person:
    """The contact of an account: the one there is, the one with the same address, else a new one."""
    with acting(user, "person_of"):
        User.objects.select_for_update().get(pk=user.pk)  # two requests at once make one person
        person = Person.objects.filter(user=user).first()
        if person is None:
            unclaimed = Person.objects.with_email(user.email).filter(user=None, shared_email=False)
            person = unclaimed.first() or Person(full_name=user.full_name, email=user.email)
            person.user = user
            person.preferred_language = user.preferred_language
            person = save_person(person=person, by=user)
        return person


def affiliate(
    *, person: Person, organisation: Organisation, by: User | None, title: str = "", is_primary: bool = True
) -> Affiliation:
    """From today on the person belongs to the organisation; speaking for it ends speaking for the one before."""
    with acting(by, "affiliate"):
        Person.objects.select_for_update().get(pk=person.pk)
        held = person.affiliations.current().filter(until__isnull=True)
        if is_primary:
            held.exclude(organisation=organisation).filter(is_primary=True).update(is_primary=False)
        row = held.filter(organisation=organisation).first() or Affiliation(person=person, organisation=organisation)
        row.title, row.is_primary = title or row.title, is_primary or row.is_primary
        row.full_clean()
        row.save()
        return row


def end_affiliation(*, affiliation: Affiliation, by: User | None) -> Affiliation:
    """They no longer belong to it from today on; the row stays."""
    with acting(by, "end_affiliation"):
        affiliation.until = max(timezone.localdate(), affiliation.since)
        affiliation.full_clean()
        affiliation.save()
        return affiliation


def record_consent(
    *,
    person: Person,
    purpose: str,
    notice: PrivacyNotice,
    decision: str,
    by: User | None,
    channel: str = ConsentRecord.Channel.WEB,
    evidence: str = "",
) -> ConsentRecord:
    """One more decision about one purpose; nothing that was recorded before is changed."""
    record = ConsentRecord(
        person=person,
        purpose=purpose,
        notice=notice,
        decision=decision,
        channel=channel,
        evidence=evidence,
        recorded_by=by,
    )
    with acting(by, "record_consent"):
        record.full_clean()
        record.save()
        if person.awaits_notice:  # whoever decided has read it
            Person.objects.filter(pk=person.pk).update(awaits_notice=False)
            person.awaits_notice = False
        return record


def notice_in_force(language: str) -> PrivacyNotice | None:
    """The newest notice that is in force, in this language or else in Spanish."""
    rows = PrivacyNotice.objects.filter(effective_from__lte=timezone.localdate()).order_by("-effective_from", "-id")
    return rows.filter(language=language).first() or rows.filter(language="es-mx").first()
