"""Sessions and the people in them. A session is promised at 17:00 on the clocks of its municipality."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from dialogues import clock, models
from gesoc.common.text import search_text
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import OrganisationFactory, PersonFactory


def in_days(days, hour=17):
    """A wall clock so many days from now."""
    day = clock.wall(timezone.now(), "America/Monterrey").date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour)


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = models.Series

    title = factory.Sequence(lambda n: f"Pavimento con lupa {n}")
    host_organisation = factory.SubFactory(OrganisationFactory)


class SessionFactory(DjangoModelFactory):
    """Announced, public, in Torreón, two hours long, in thirty days."""

    class Meta:
        model = models.Session

    title = factory.Sequence(lambda n: f"¿Quién gana los contratos? {n}")
    code = factory.Sequence(lambda n: f"c{n:05d}")
    slug = factory.LazyAttribute(lambda o: f"dialogo-{o.code}")
    ics_uid = factory.LazyAttribute(lambda o: f"{o.code}@prueba")
    municipality = factory.SubFactory(MunicipalityFactory)
    host_organisation = factory.SubFactory(OrganisationFactory)
    tz = factory.LazyAttribute(lambda o: o.municipality.time_zone if o.municipality else "America/Mexico_City")
    local_start = factory.LazyFunction(lambda: in_days(30))
    local_end = factory.LazyAttribute(lambda o: o.local_start + timedelta(hours=2))
    starts_at = factory.LazyAttribute(lambda o: clock.moments(o.local_start, o.tz)[0])
    ends_at = factory.LazyAttribute(lambda o: clock.moments(o.local_end, o.tz)[0])
    venue = "Biblioteca municipal"
    visibility = "publica"
    state = models.Session.State.SCHEDULED
    registration = models.Session.RegistrationRule.OPEN
    search_text = factory.LazyAttribute(lambda o: search_text(o.title))


class SessionRoleFactory(DjangoModelFactory):
    class Meta:
        model = models.SessionRole

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)
    starts_at = factory.LazyAttribute(lambda o: o.session.starts_at)
    ends_at = factory.LazyAttribute(lambda o: o.session.ends_at)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.Invitation

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)
    state = models.Invitation.State.SENT
    sent_at = factory.LazyFunction(lambda: datetime.now(UTC))


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = models.Registration

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)
    state = models.Registration.State.CONFIRMED
    sector_at_time = "ciudadania"


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = models.AgendaItem

    session = factory.SubFactory(SessionFactory)
    order = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Punto {n}")
    minutes = 20
