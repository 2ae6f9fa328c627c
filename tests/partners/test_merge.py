"""Duplicates: suggested, merged with everything that points to them, and taken back."""

from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from partners import selectors, services
from partners.models import Affiliation, ConsentRecord, Merge, Organisation, Person, PrivacyNotice, Relationship
from partners.services.merge import OF_ITS_OWN, relations_to
from tests.factories.datasets import MunicipalityFactory, SourceFileFactory
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def gesoc():
    return GesocFactory()


def state_of(*rows):
    """Everything that points to these records, as (model, field, row) -> key of the record."""
    found = {}
    for row in rows:
        for relation in relations_to(type(row)):
            for one in relation.related_model._base_manager.filter(**{relation.field.name: row}):
                found[relation.related_model._meta.label, relation.field.name, one.pk] = row.pk
    return found


def test_every_foreign_key_of_the_registry_is_walked():
    for model in (Organisation, Person):
        walked = {relation.field for relation in relations_to(model)}
        there = {
            field
            for other in apps.get_models(include_auto_created=True)
            for field in other._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.remote_field.model is model
        }
        left = {field.model for field in there - walked}
        assert all(one in OF_ITS_OWN or one.__name__.endswith("Event") for one in left), left


def test_edge_26_merged_organisations_move_everything_and_come_back(gesoc):
    user = UserFactory()
    source, target = OrganisationFactory(status="activa"), OrganisationFactory()
    torreon, cancun = MunicipalityFactory(code="05035"), MunicipalityFactory(code="23005")
    source.coverage.set([torreon, cancun])
    target.coverage.set([torreon])
    SourceFileFactory().organisations.add(source)
    for one in (source, target):
        MembershipFactory(user=user, organisation=one)
    MembershipFactory(organisation=source)
    Relationship.objects.create(from_organisation=source, to_organisation=target, type="alianza")
    Relationship.objects.create(from_organisation=source, to_organisation=OrganisationFactory(), type="alianza")
    before = state_of(source, target)

    preview = services.preview_merge(source=source, target=target)
    assert state_of(source, target) == before and not preview.stuck
    assert dict(preview.counts)["membresías"] == 2
    merge = services.merge_organisations(source=source, target=target, by=gesoc)
    assert state_of(source) == {}
    assert set(target.coverage.all()) == {torreon, cancun}
    assert target.memberships.in_force().filter(user=user).count() == 1
    source.refresh_from_db()
    assert (source.merged_into, source.status) == (target, "salida")

    services.undo_merge(merge=merge, by=gesoc)
    source.refresh_from_db()
    assert state_of(source, target) == before
    assert (source.merged_into, source.status) == (None, "activa")
    assert source.memberships.in_force().count() == 2


def test_edge_8_merged_people_move_everything_and_come_back(gesoc):
    organisation = OrganisationFactory()
    source = PersonFactory(full_name="Ana Ruiz", phone="871 123 4567", user=UserFactory())
    target = PersonFactory(full_name="Ana Ruíz", email="")
    email = source.email
    for one in (source, target):
        services.affiliate(person=one, organisation=organisation, by=gesoc)
    notice = PrivacyNotice.objects.create(version="1", language="es-mx", short_text="x", full_text="x")
    services.record_consent(person=source, purpose="contacto", notice=notice, decision="otorgado", by=gesoc)
    before = state_of(source, target)
    merge = services.merge_people(source=source, target=target, by=gesoc)
    target.refresh_from_db()
    assert (target.email, target.phone, target.user.pk) == (email, "871 123 4567", source.user_id)
    assert ConsentRecord.objects.get().person == target
    assert Affiliation.objects.filter(person=target, until=None).count() == 1
    services.undo_merge(merge=merge, by=gesoc)
    source.refresh_from_db()
    target.refresh_from_db()
    assert state_of(source, target) == before
    assert (source.state, source.email, target.email, target.user) == ("activa", email, "", None)
    assert Affiliation.objects.filter(is_primary=True, until=None).count() == 2


def test_edge_8_a_merge_that_would_leave_something_behind_is_refused(gesoc, monkeypatch):
    from partners.services import merge as room

    source, target = OrganisationFactory(), OrganisationFactory()
    user = UserFactory()
    for one in (source, target):
        MembershipFactory(user=user, organisation=one)
    monkeypatch.setattr(room, "ADJUSTMENTS", {})
    assert len(services.preview_merge(source=source, target=target).stuck) == 1
    with pytest.raises(ValidationError, match="Nada"):
        services.merge_organisations(source=source, target=target, by=gesoc)
    source.refresh_from_db()
    assert source.merged_into is None and not Merge.objects.exists()


def test_edge_8_two_accounts_are_not_merged(gesoc):
    with pytest.raises(ValidationError):
        services.merge_people(
            source=PersonFactory(user=UserFactory()), target=PersonFactory(user=UserFactory()), by=gesoc
        )


def test_edge_8_after_thirty_days_a_merge_stays(gesoc):
    merge = services.merge_people(source=PersonFactory(), target=PersonFactory(), by=gesoc)
    with time_machine.travel(merge.undo_until), pytest.raises(ValidationError):
        services.undo_merge(merge=merge, by=gesoc)


def test_edge_8_duplicates_are_suggested_blind_to_accents_and_not_again(gesoc):
    organisation = OrganisationFactory(name="Río Vivo, A.C.")
    twin = OrganisationFactory(name="RIO VIVO AC")
    one = services.save_person(person=Person(full_name="Ana Núñez", phone="+52 871 123 4567"), by=None)
    other = services.save_person(person=Person(full_name="Otra", phone="8711234567"), by=None)
    third = services.save_person(person=Person(full_name="Ana Núñez"), by=None)
    for person in (one, third):
        services.affiliate(person=person, organisation=organisation, by=None)
    assert {(s.one, s.other) for s in selectors.duplicate_people()} == {(one, other), (one, third)}
    assert [(s.one, s.other) for s in selectors.duplicate_organisations()] == [(organisation, twin)]
    services.mark_different(one=other, other=one, by=gesoc)
    assert {(s.one, s.other) for s in selectors.duplicate_people()} == {(one, third)}
    assert Person.objects.active().count() == 3 and not Merge.objects.exists()  # never by itself


def test_edge_8_the_same_address_in_other_case_is_suggested_unless_it_is_said_to_be_shared():
    one = services.save_person(person=Person(full_name="Rosa Uc", email="Comite.Agua@x.example"), by=None)
    with pytest.raises(ValidationError):
        services.save_person(person=Person(full_name="Otra Rosa", email="comite.agua@X.example"), by=None)
    with pytest.raises(ValidationError):  # one of the two says that it is shared, the other does not
        services.save_person(
            person=Person(full_name="Otra Rosa", email="comite.agua@x.example", shared_email=False), by=None
        )
    services.save_person(person=Person(full_name="Dots", email="comiteagua@x.example"), by=None)  # dots count
    one.shared_email = True
    services.save_person(person=one, by=None)
    services.save_person(person=Person(full_name="Lía Uc", email="comite.agua@x.example", shared_email=True), by=None)
    assert selectors.duplicate_people() == []


def test_twins_are_found_by_site_and_acronym_and_those_looked_at_hide_no_others(client, gesoc, monkeypatch):
    def save(name, **fields):
        made = Organisation(slug=slugify(name), name=name, kind="osc", **fields)
        return services.save_organisation(organisation=made, by=None)

    site = save("Uno", website="https://www.rio.example/quienes")
    other = save("Dos", website="http://rio.example")
    short, whole = save("Centro de Datos", acronym="CEDA"), save("Ceda, A.C.")
    found = selectors.duplicate_organisations()
    assert {(s.one, s.other, s.reason) for s in found} == {
        (site, other, "mismo sitio web"),
        (short, whole, "mismas siglas"),
    }
    third, fourth = save("Cuatro", website="https://mar.example"), save("Cinco", website="https://mar.example")
    monkeypatch.setattr("partners.selectors.duplicates.SHOWN", 1)
    assert [(s.one, s.other) for s in selectors.duplicate_organisations()] == [(third, fourth)]
    services.mark_different(one=third, other=fourth, by=gesoc)
    assert [(s.one, s.other) for s in selectors.duplicate_organisations()] == [(short, whole)]
    monkeypatch.setattr("partners.selectors.duplicates.SHOWN", 50)
    monkeypatch.setattr("partners.selectors.duplicates.LOOKED_AT", 2)  # a page looks at two, and leads to the others
    client.force_login(gesoc)
    seen, address = [], "/personas/duplicados/"
    while address:
        kinds = client.get(address).context["kinds"]
        seen += [(s.one, s.other) for s in kinds[0][2]]
        address = f"/personas/duplicados/?organizaciones={kinds[0][3]}" if kinds[0][3] else ""
    assert set(seen) == {(short, whole), (site, other)}


def test_what_was_there_before_gets_the_keys_by_which_twins_are_found():
    found = services.save_organisation(
        organisation=Organisation(
            slug="x", name="Ríos, A.C.", acronym="RÍO", website="https://www.rio.example", kind="osc"
        ),
        by=None,
    )
    keys = ("bare_key", "host_key", "acronym_key")
    Organisation.objects.update(**dict.fromkeys(keys, ""))
    import_module("partners.migrations.0007_twin_keys").write_keys(apps, None)
    assert Organisation.objects.filter(pk=found.pk).values_list(*keys).get() == ("rios", "rio.example", "rio")
