"""Contacts, what they belong to, who sees them, what they agreed to."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from partners import services
from partners.models import ConsentRecord, Membership, Organisation, Person, PersonEvent, PrivacyNotice
from tests.factories.partners import (
    AdminFactory,
    GesocFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_save_person_folds_name_and_address_and_keeps_who_added_them():
    user = UserFactory()
    person = services.save_person(person=Person(full_name="  Ana   Ñeco ", email=" Ana@Mesa.Example "), by=user)
    assert (person.full_name, person.email, person.added_by) == ("Ana Ñeco", "ana@mesa.example", user)
    assert Person.objects.matching("neco").get() == person
    assert PersonEvent.objects.filter(pgh_obj=person.pk).count() == 1


def test_an_address_is_found_whole_or_not_at_all():
    """Letter by letter it would tell an address to whoever may not see it."""
    person = services.save_person(person=Person(full_name="Ana Ñeco", email="ana.n@mesa.example"), by=None)
    assert list(Person.objects.matching(" ANA.N@mesa.example ")) == [person]
    assert not any(Person.objects.matching(part).exists() for part in ("mesa", "ana.n@", "a.n@mesa.example", "example"))


def test_an_address_belongs_to_one_person_unless_it_is_shared():
    services.save_person(person=Person(full_name="Ana", email="comite@mesa.example"), by=None)
    with pytest.raises(ValidationError):
        services.save_person(person=Person(full_name="Eva", email="COMITE@mesa.example"), by=None)
    services.save_person(person=Person(full_name="Eva", email="comite@mesa.example", shared_email=True), by=None)
    services.save_person(person=Person(full_name="Sin correo"), by=None)
    services.save_person(person=Person(full_name="Sin correo"), by=None)
    assert Person.objects.count() == 4


def test_people_are_seen_by_gesoc_by_who_added_them_and_by_those_they_work_with():
    member = MembershipFactory()
    colleague, stranger, added = PersonFactory(), PersonFactory(), PersonFactory(added_by=member.user)
    services.affiliate(person=colleague, organisation=member.organisation, by=None)
    services.affiliate(person=stranger, organisation=OrganisationFactory(), by=None)
    itself = services.person_of(user=member.user)
    assert set(Person.objects.visible_to(member.user)) == {colleague, added, itself}
    assert Person.objects.visible_to(AnonymousUser()).count() == 0
    assert Person.objects.visible_to(GesocFactory()).count() == Person.objects.visible_to(AdminFactory()).count() == 4
    services.end_membership(membership=member, by=member.user)
    member.organisation.status = Organisation.Status.LEFT
    member.organisation.save()
    assert set(Person.objects.visible_to(member.user)) == {added, itself}


def test_person_of_an_account_is_the_contact_with_its_address_and_always_the_same():
    contact = PersonFactory(email="ana@mesa.example")
    user = UserFactory(email="ana@mesa.example")
    assert services.person_of(user=user) == contact == services.person_of(user=user)
    other = services.person_of(user=UserFactory(full_name="Eva", email="eva@mesa.example"))
    assert (other.full_name, other.email) == ("Eva", "eva@mesa.example")


def test_sector_of_whoever_has_an_account_is_that_of_the_membership_until_it_ends():
    membership = MembershipFactory(organisation__kind=Organisation.Kind.ACADEMIA)
    person = services.person_of(user=membership.user)
    assert (person.sector(), person.organisation) == ("academia", membership.organisation)
    press = OrganisationFactory(kind=Organisation.Kind.MEDIA)
    row = services.affiliate(person=person, organisation=press, by=None)
    assert Person.objects.get(pk=person.pk).sector() == "medios"
    row.delete()
    Membership.objects.filter(pk=membership.pk).update(state="suspendida")
    assert Person.objects.get(pk=person.pk).sector() == "ciudadania"


def test_sectors_of_a_list_are_read_without_a_query_for_each(django_assert_num_queries):
    def sectors():
        return [person.sector() for person in Person.objects.with_organisation()]

    services.person_of(user=MembershipFactory(organisation__kind="academia").user)
    with django_assert_num_queries(5):  # people; affiliations; accounts, memberships and their organisations
        assert sectors() == ["academia"]
    for _one in range(2):
        services.person_of(user=MembershipFactory(organisation__kind="academia").user)
    with django_assert_num_queries(5):
        assert sectors() == ["academia"] * 3


def test_person_of_an_account_never_takes_a_shared_address():
    PersonFactory(email="ana@mesa.example", shared_email=True)
    assert services.person_of(user=UserFactory(email="ana@mesa.example")).shared_email is False


def test_sector_follows_the_organisation_for_which_somebody_speaks():
    person = PersonFactory()
    assert person.sector() == "ciudadania"
    press = OrganisationFactory(kind=Organisation.Kind.MEDIA)
    college = OrganisationFactory(kind=Organisation.Kind.ACADEMIA)
    services.affiliate(person=person, organisation=press, by=None)
    assert Person.objects.get(pk=person.pk).sector() == "medios"
    later = services.affiliate(person=person, organisation=college, by=None)
    assert Person.objects.get(pk=person.pk).sector() == "academia"
    services.end_affiliation(affiliation=later, by=None)
    # It ends at the end of today.
    assert later.until is not None
    assert (
        services.affiliate(person=person, organisation=press, by=None).pk
        == person.affiliations.get(organisation=press).pk
    )


def test_consents_are_added_and_never_changed():
    notice = PrivacyNotice.objects.create(version="prueba", language="es-mx", short_text="…", full_text="…")
    person = PersonFactory()
    given = services.record_consent(person=person, purpose="avisos", notice=notice, decision="otorgado", by=None)
    services.record_consent(person=person, purpose="avisos", notice=notice, decision="retirado", by=None)
    assert [row.decision for row in person.consents.all()] == ["retirado", "otorgado"]
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentRecord.objects.filter(pk=given.pk).update(decision="negado")


def test_notice_in_force_is_the_newest_and_falls_back_to_spanish():
    old = {"short_text": "…", "full_text": "…"}
    PrivacyNotice.objects.all().delete()
    PrivacyNotice.objects.create(version="1", language="es-mx", effective_from="2020-01-01", **old)
    two = PrivacyNotice.objects.create(version="2", language="es-mx", effective_from="2021-01-01", **old)
    PrivacyNotice.objects.create(version="3", language="es-mx", effective_from="2999-01-01", **old)
    assert services.notice_in_force("es-mx") == services.notice_in_force("en") == two
