"""The week by mail: what “My week” shows, once a week, to whoever agreed to news; never when there is nothing to say."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gesoc.common.i18n import in_language
from partners.audit import acting
from partners.models import ConsentRecord, OutboxMail, Person, User
from partners.services import consents_of, notice_in_force, person_of, queue_mail, record_consent, site_url
from partners.services.mail import NEWS, renew_before_sending
from projects.models import DigestChoice
from projects.week import Week, week_of

if TYPE_CHECKING:
    from municipalities.models import Municipality
    from partners.models import Organisation

KIND = "digest"
LATE = datetime.timedelta(hours=6)  # a worker that stood still catches up; later than that it is old news


def choose_digest(*, user: User, wanted: bool, weekday: int, hour: int) -> DigestChoice:
    """Whoever wants it agrees to news by mail; whoever does not keeps what they said about other news."""
    notice = notice_in_force(user.preferred_language)
    if wanted and notice is None:
        raise ValidationError(gettext_lazy("There is no privacy notice yet, so nobody can agree to mail."))
    with acting(user, "choose_digest"):
        choice = DigestChoice.objects.select_for_update().filter(user=user).first() or DigestChoice(user=user)
        choice.wanted, choice.weekday, choice.hour = wanted, weekday, hour
        choice.full_clean()
        choice.save()
        person = person_of(user=user)
        given = ConsentRecord.Decision.GIVEN
        if wanted and notice is not None and consents_of(person).get(NEWS) != given:
            record_consent(person=person, purpose=NEWS, notice=notice, decision=given, by=user)
        return choice


@dataclass(frozen=True)
class Standing:
    """How the digest stands with somebody: whether it comes, when next, on whose clocks."""

    choice: DigestChoice
    comes: bool
    next_at: datetime.datetime
    zone: str
    place: str  # whose clocks these are


def standing_of(user: User, now: datetime.datetime | None = None) -> Standing:
    """Reads alone: whoever has no contact and no choice yet gets none by being asked."""
    now, choice = now or timezone.now(), DigestChoice.objects.filter(user=user).first() or DigestChoice(user=user)
    person = Person.objects.filter(user=user).with_organisation().select_related("municipality").first()
    zone, home = zone_of(person), _home_of(person)
    place = str(home) if home is not None else _("Mexico City")
    agreed = person is not None and consents_of(person).get(NEWS) == ConsentRecord.Decision.GIVEN
    last = due_at(choice, zone, now)
    return Standing(choice, agreed and choice.wanted, last + datetime.timedelta(days=7), zone, place)


def zone_of(person: Person | None) -> str:
    home = _home_of(person)
    return home.time_zone if home is not None else settings.TIME_ZONE


def _home_of(person: Person | None) -> Municipality | None:
    """Their own municipality, else the one where their organisation is at home."""
    if person is not None and person.municipality is not None:
        return person.municipality
    organisation: Organisation | None = person.organisation if person is not None else None
    return organisation.home_municipality if organisation is not None else None


def due_at(choice: DigestChoice, zone: str, now: datetime.datetime) -> datetime.datetime:
    """The last moment at or before `now` that is the chosen day and hour on these clocks."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() - datetime.timedelta(days=(local.weekday() - choice.weekday) % 7)
    at = datetime.datetime.combine(day, datetime.time(choice.hour), ZoneInfo(zone))
    return at if at <= now else datetime.datetime.combine(day - datetime.timedelta(days=7), at.timetz())


# -- writing it -------------------------------------------------------------------------------------------------------


def queue_digests(*, now: datetime.datetime | None = None) -> int:
    """Everybody whose hour came and who has something to read. Safe to ask again: one mail a person and week."""
    now = now or timezone.now()
    return sum(_queue(person, now) for person in _agreed().iterator(chunk_size=200))


def _agreed() -> QuerySet[Person]:
    """People with a live account whose latest word about news is yes."""
    latest = ConsentRecord.objects.filter(person=OuterRef("pk"), purpose=NEWS).order_by("-at", "-pk")
    people = Person.objects.active().filter(user__is_active=True, awaits_notice=False).exclude(email="")
    agreed = people.annotate(news=Subquery(latest.values("decision")[:1])).filter(news=ConsentRecord.Decision.GIVEN)
    return (
        agreed.exclude(user__digest_choice__wanted=False)
        .select_related("user__digest_choice", "municipality")
        .with_organisation()
        .order_by("pk")
    )


def _queue(person: Person, now: datetime.datetime) -> bool:
    user = person.user
    if user is None:
        return False
    choice = getattr(user, "digest_choice", None) or DigestChoice(user=user)
    at = due_at(choice, zone_of(person), now)
    if now - at > LATE:
        return False
    year, week, _day = at.isocalendar()
    key = f"{KIND}:{user.pk}:{year}-{week:02}"
    if OutboxMail.objects.filter(key=key).exists():
        return False
    told = told_to(person)
    if told is None:
        return False
    template, context = told
    queue_mail(kind=KIND, template=template, context=context, key=key, person=person, voluntary=True, by=None)
    return True


def told_to(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What the mail says, as this person may see it now; None: nothing. Asked once more when the mail is sent."""
    user = person.user
    if user is None or not user.is_active:
        return None
    choice = DigestChoice.objects.filter(user=user).first()
    if choice is not None and not choice.wanted:
        return None
    week, language = week_of(user), person.preferred_language
    with translation.override(language):
        owed, changed = list(_owed(week)), list(_changed(week))
        if not owed and not changed:
            return None
        page = _address(reverse("projects:week"))
        return "digest", {"person": person, "owed": owed, "changed": changed, "page": page}


def _address(path: str) -> str:
    return site_url(in_language(path, translation.get_language() or settings.LANGUAGE_CODE))


def _owed(week: Week) -> Any:
    """(sentence, address) of what waits. Words of log entries are left out: they stay in the project."""
    for partner in week.invitations:
        said = _("%(organisation)s is invited to “%(project)s”")
        yield (
            said % {"organisation": partner.organisation, "project": partner.project},
            _address(reverse("projects:partners", args=[partner.project.slug])),
        )
    for project in week.orphans:
        said = _("Find who leads “%(project)s”")
        yield said % {"project": project}, _address(reverse("projects:edit", args=[project.slug]))
    for activity in week.activities:
        said = _("%(title)s: due on %(day)s")
        yield (
            said % {"title": activity.title, "day": _day(activity.due_on)},
            _address(reverse("projects:activities", args=[activity.project.slug])),
        )
    for gap in week.gaps:
        said = _("An answer about “%(what)s” is due on %(day)s")
        yield said % {"what": gap, "day": _day(gap.due_on)}, _address(gap.get_absolute_url())
    for reading in week.readings:
        said = _("Review a reading of “%(indicator)s”")
        yield said % {"indicator": reading.indicator.name}, _address(reading.indicator.get_absolute_url())
    for project in week.quiet:
        said = _("Check-in of “%(project)s”")
        yield said % {"project": project}, _address(reverse("projects:write_note", args=[project.slug]))


def _changed(week: Week) -> Any:
    for figure in week.figures:
        said = _("A figure you use changed from %(old)s to %(new)s: %(reading)s")
        words = {"old": figure.told_from, "new": figure.told_to, "reading": figure.evidence.told.reading}
        yield said % words, _address(figure.evidence.get_absolute_url())
    for stage in week.stages:
        said = _("“%(project)s” went from %(old)s to %(new)s")
        words = {
            "project": stage.project.title,
            "old": stage.get_from_stage_display(),
            "new": stage.get_to_stage_display(),
        }
        yield said % words, _address(stage.project.get_absolute_url())
    for talk in week.talks:
        said = ngettext("%(count)d new comment on “%(about)s”", "%(count)d new comments on “%(about)s”", talk.count)
        yield said % {"count": talk.count, "about": talk.about}, _address(talk.url)
    for entry in week.entries:
        said = _("New in the log of “%(project)s” (%(day)s)")
        yield said % {"project": entry.project, "day": _day(entry.on)}, _address(entry.get_absolute_url())


def _day(day: datetime.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


renew_before_sending(KIND, told_to)
