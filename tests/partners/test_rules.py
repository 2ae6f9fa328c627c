"""Rights follow memberships as they are now; lists and predicates agree."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from datasets.models import Ingest, PublicBody, Release, RowIssue, SourceFile
from partners.models import Membership, Organisation
from tests.factories.datasets import IngestFactory, PublicBodyFactory, ReleaseFactory, SourceFileFactory
from tests.factories.partners import AdminFactory, GesocFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

YESTERDAY = datetime.date.today() - datetime.timedelta(days=1)
TOMORROW = datetime.date.today() + datetime.timedelta(days=2)


@pytest.mark.parametrize(
    ("changes", "in_force"),
    [
        ({}, True),
        ({"state": "invitada"}, False),
        ({"state": "suspendida"}, False),
        ({"state": "terminada", "since": YESTERDAY, "until": YESTERDAY}, False),
        ({"since": TOMORROW}, False),
        ({"since": YESTERDAY, "until": YESTERDAY}, False),
        ({"since": YESTERDAY, "until": TOMORROW}, True),
        ({"user__is_active": False}, False),
        ({"organisation__status": "salida"}, False),
        ({"organisation__status": "en_pausa"}, True),
    ],
)
def test_membership_gives_rights_only_while_in_force(changes, in_force):
    membership = MembershipFactory(**changes)
    file = SourceFileFactory(has_personal_data=None)
    file.organisations.add(membership.organisation)
    assert membership.user.has_perm("datasets.upload_file") is in_force
    assert membership.user.has_perm("datasets.read_original", file) is in_force
    assert list(SourceFile.objects.visible_to(membership.user)) == ([file] if in_force else [])


def test_ending_a_membership_takes_effect_on_the_same_user_object():
    membership = MembershipFactory()
    assert membership.user.has_perm("datasets.upload_file")
    Membership.objects.update(state="suspendida")
    assert not membership.user.has_perm("datasets.upload_file")


@pytest.fixture
def people():
    """Own: of the organisation that handed in the file. Other: of another one."""
    own, other = OrganisationFactory(), OrganisationFactory()
    return {
        "visitor": AnonymousUser(),
        "contact": UserFactory(),
        "member": MembershipFactory(organisation=own).user,
        "coordinator": MembershipFactory(organisation=own, role=Membership.Role.COORDINATOR).user,
        "facilitator": MembershipFactory(organisation=own, role=Membership.Role.FACILITATOR).user,
        "other": MembershipFactory(organisation=other, role=Membership.Role.COORDINATOR).user,
        "gesoc": GesocFactory(),
        "admin": AdminFactory(),
        "own": own,
    }


OWN = {"member", "coordinator", "facilitator"}
STAFF = {"gesoc", "admin"}
EVERYBODY = {"visitor", "contact", "other"} | OWN | STAFF


def allowed(people, perm, obj=None):
    return {name for name in EVERYBODY if people[name].has_perm(perm, obj)}


def shown(people, model, obj):
    return {name for name in EVERYBODY if model.objects.visible_to(people[name]).filter(pk=obj.pk).exists()}


def make(people, *, status, personal):
    file = SourceFileFactory(has_personal_data=personal)
    file.organisations.add(people["own"])
    ingest = IngestFactory(file=file)
    release = ReleaseFactory(ingest=ingest, status=status)
    issue = RowIssue.objects.create(ingest=ingest, severity="error", code="x", message="x", raw={"RFC": "x"})
    return file, ingest, release, issue


def test_upload_is_for_the_network(people):
    assert allowed(people, "datasets.upload_file") == OWN | STAFF | {"other"}


@pytest.mark.parametrize(
    ("status", "personal", "see", "read"),
    [
        ("draft", False, OWN | STAFF, OWN | STAFF),
        ("withdrawn", False, OWN | STAFF, OWN | STAFF),
        ("published", None, EVERYBODY, OWN | STAFF),
        ("published", True, EVERYBODY, OWN | STAFF),
        ("published", False, EVERYBODY, EVERYBODY),
        ("superseded", False, EVERYBODY, EVERYBODY),
    ],
)
def test_who_sees_a_reading_and_who_its_rows(people, status, personal, see, read):
    file, ingest, release, issue = make(people, status=status, personal=personal)
    assert shown(people, SourceFile, file) == see
    assert shown(people, Ingest, ingest) == see
    assert shown(people, Release, release) == see
    assert allowed(people, "datasets.see_ingest", ingest) == see
    assert shown(people, RowIssue, issue) == read
    for obj in (file, ingest, release):
        assert allowed(people, "datasets.read_original", obj) == read


def test_who_acts_on_a_reading(people):
    _file, ingest, release, _issue = make(people, status="published", personal=False)
    assert allowed(people, "datasets.confirm_mapping", ingest) == OWN | STAFF
    assert allowed(people, "datasets.publish_ingest", ingest) == {"coordinator"} | STAFF
    assert allowed(people, "datasets.restore_release", release) == {"coordinator"} | STAFF
    assert allowed(people, "datasets.withdraw_release", release) == {"coordinator"} | STAFF
    assert allowed(people, "datasets.confirm_public_body") == STAFF


def test_file_handed_in_by_two_organisations_belongs_to_both(people):
    file, *_ = make(people, status="draft", personal=None)
    file.organisations.add(OrganisationFactory())
    assert list(SourceFile.objects.visible_to(people["member"])) == [file]


def test_organisation_that_is_a_mere_contact_is_hidden(people):
    hidden = OrganisationFactory(status=Organisation.Status.CONTACT)
    member = MembershipFactory(organisation=hidden).user
    assert shown(people, Organisation, hidden) == STAFF
    assert Organisation.objects.visible_to(member).filter(pk=hidden.pk).exists()


def test_unconfirmed_body_of_a_draft_is_hidden(people):
    body = PublicBodyFactory(confirmed=False)
    ReleaseFactory(public_body=body, status="draft")
    assert shown(people, PublicBody, body) == STAFF
    Release.objects.update(status="published", published_at="2026-01-01T00:00Z")
    assert shown(people, PublicBody, body) == EVERYBODY


def test_rights_over_an_organisation(people):
    assert allowed(people, "partners.edit_organisation", people["own"]) == {"coordinator"} | STAFF
    assert allowed(people, "partners.invite_member", people["own"]) == {"coordinator"} | STAFF
    assert allowed(people, "partners.see_network") == OWN | STAFF | {"other"}


def test_closed_staff_account_has_no_rights(people):
    for user in (people["gesoc"], people["admin"]):
        user.is_active = False
        assert not user.has_perm("datasets.upload_file")
        assert not user.has_perm("datasets.confirm_public_body")
