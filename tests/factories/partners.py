"""People, organisations and what ties them together."""

import factory
from factory.django import DjangoModelFactory

from gesoc.common.text import search_text, sort_key
from partners import models
from partners.likeness import bare_name

PASSWORD = "una frase larga 27"


class UserFactory(DjangoModelFactory):
    """Without a password: tests sign in with `force_login`, unless signing in is what they test."""

    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"persona{n}@ejemplo.example")
    full_name = factory.Sequence(lambda n: f"Persona {n}")
    password = "!"


class GesocFactory(UserFactory):
    is_gesoc = True
    is_staff = True


class AdminFactory(UserFactory):
    is_superuser = True
    is_staff = True


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Organización {n}")
    slug = factory.Sequence(lambda n: f"organizacion-{n}")
    kind = models.Organisation.Kind.CSO
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))
    search_text = factory.LazyAttribute(lambda o: search_text(o.name))
    bare_key = factory.LazyAttribute(lambda o: bare_name(o.name))


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = models.Person

    full_name = factory.Sequence(lambda n: f"Contacto {n}")
    email = factory.Sequence(lambda n: f"contacto{n}@ejemplo.example")
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.full_name))
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.full_name} {o.email}"))
