"""The administration of people: who enters, what it refuses, what it leaves in the trail."""

import datetime

import pytest

from partners import services
from partners.models import Membership, MembershipEvent, Organisation, User, UserEvent
from tests.factories.partners import (
    PASSWORD,
    AdminFactory,
    GesocFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NEW_USER = {
    "email": "Luz@laguna.example",
    "full_name": "Luz Paz",
    "preferred_language": "es-mx",
    "usable_password": "true",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
NO_MEMBERSHIPS = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}


@pytest.fixture
def admin(client):
    user = AdminFactory()
    client.force_login(user)
    return user


@pytest.fixture
def gesoc(client):
    services.ensure_groups()
    user = services.create_user(email="equipo@gesoc.example", full_name="Equipo", is_gesoc=True, by=None)
    client.force_login(user)
    return user


def last_event(model):
    event = model.objects.select_related("pgh_context").latest("pgh_id")
    return event.pgh_label, event.pgh_context.metadata["action"], event.pgh_context.metadata["user"]


def test_people_without_staff_rights_do_not_enter(client):
    client.force_login(MembershipFactory(role=Membership.Role.COORDINATOR).user)
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/partners/user/")["Location"] == "/admin/login/?next=/admin/partners/user/"


def test_index_is_grouped_and_each_model_stands_once(client, admin):
    page = client.get("/admin/")
    groups = page.context["app_list"]
    assert str(groups[0]["name"]) == "Personas y organizaciones"
    models = [model["object_name"] for group in groups for model in group["models"]]
    assert len(models) == len(set(models))
    assert models[:3] == ["User", "Organisation", "Membership"]
    assert "Group" not in models


def test_admin_opens_an_account_through_the_service(client, admin):
    response = client.post("/admin/partners/user/add/", NEW_USER | {"is_gesoc": "on"})
    user = User.objects.get(email="luz@laguna.example")
    assert response["Location"] == f"/admin/partners/user/{user.pk}/change/"
    assert (user.is_gesoc, user.is_staff, user.check_password(PASSWORD)) == (True, True, True)
    assert list(user.groups.values_list("name", flat=True)) == ["GESOC"]
    assert last_event(UserEvent) == ("insert", "create_user", admin.pk)


def test_admin_opens_an_account_without_password(client, admin):
    data = NEW_USER | {"usable_password": "false", "password1": "", "password2": ""}
    client.post("/admin/partners/user/add/", data)
    assert not User.objects.get(email="luz@laguna.example").has_usable_password()


def test_admin_refuses_a_second_account_with_the_same_address(client, admin):
    UserFactory(email="luz@laguna.example")
    response = client.post("/admin/partners/user/add/", NEW_USER)
    assert response.status_code == 200
    assert response.context["adminform"].errors
    assert User.objects.filter(email__iexact="luz@laguna.example").count() == 1


def test_admin_changes_an_account_and_its_rights(client, admin):
    user = UserFactory()
    data = {"email": user.email, "full_name": "Otro", "preferred_language": "en", "is_active": "on", "is_gesoc": "on"}
    assert client.post(f"/admin/partners/user/{user.pk}/change/", data | NO_MEMBERSHIPS).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.preferred_language, user.is_gesoc, user.is_staff) == ("Otro", "en", True, True)


def test_admin_cannot_lock_themselves_out(client, admin):
    data = {"email": admin.email, "full_name": "Yo", "preferred_language": "es-mx"}  # without is_active, is_superuser
    assert client.post(f"/admin/partners/user/{admin.pk}/change/", data | NO_MEMBERSHIPS).status_code == 302
    admin.refresh_from_db()
    assert (admin.full_name, admin.is_active, admin.is_superuser) == ("Yo", True, True)


def test_admin_sets_a_password(client, admin):
    user = UserFactory()
    data = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(f"/admin/partners/user/{user.pk}/password/", data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_nothing_is_deleted(client, admin):
    for path in (
        f"user/{UserFactory().pk}",
        f"organisation/{OrganisationFactory().pk}",
        f"membership/{MembershipFactory().pk}",
    ):
        assert client.post(f"/admin/partners/{path}/delete/", {"post": "yes"}).status_code == 403


def test_gesoc_reads_accounts_and_keeps_organisations(client, gesoc):
    user = UserFactory()
    assert client.get(f"/admin/partners/user/{user.pk}/change/").status_code == 200
    assert client.post(f"/admin/partners/user/{user.pk}/change/", {"is_superuser": "on"}).status_code == 403
    assert client.post(f"/admin/partners/user/{user.pk}/password/", {}).status_code == 403
    assert client.get("/admin/partners/user/add/").status_code == 403
    data = {"name": "Laguna Abierta", "slug": "laguna", "kind": "osc", "status": "activa"} | NO_MEMBERSHIPS
    assert client.post("/admin/partners/organisation/add/", data).status_code == 302
    organisation = Organisation.objects.get(slug="laguna")
    assert (organisation.sort_key, organisation.search_text) == ("laguna abierta", "laguna abierta")


def test_gesoc_cannot_raise_its_own_rights(client, gesoc):
    client.post(f"/admin/partners/user/{gesoc.pk}/change/", {"is_superuser": "on"})
    gesoc.refresh_from_db()
    assert not gesoc.is_superuser


def test_member_is_added_on_the_page_of_the_organisation(client, admin):
    organisation, user = OrganisationFactory(), UserFactory()
    data = {
        "name": organisation.name,
        "slug": organisation.slug,
        "kind": "osc",
        "status": "activa",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": user.pk,
        "memberships-0-organisation": organisation.pk,
        "memberships-0-role": "coordinacion",
    }
    assert client.post(f"/admin/partners/organisation/{organisation.pk}/change/", data).status_code == 302
    [membership] = Membership.objects.all()
    assert (membership.user, membership.role, membership.state) == (user, "coordinacion", "activa")
    assert last_event(MembershipEvent) == ("insert", "add_membership", admin.pk)


def test_role_is_changed_and_a_second_one_alike_refused(client, admin):
    membership = MembershipFactory()
    path = f"/admin/partners/membership/{membership.pk}/change/"
    assert client.post(path, {"role": "coordinacion"}).status_code == 302
    other = MembershipFactory(user=membership.user, organisation=membership.organisation)
    refused = client.post(path, {"role": "miembro"})
    assert refused.status_code == 200
    assert "ya tiene ese papel" in refused.content.decode()
    membership.refresh_from_db()
    assert (membership.role, other.role) == ("coordinacion", "miembro")


def act(client, action, *rows, **data):
    return client.post("/admin/partners/membership/", {"action": action, "_selected_action": rows, **data})


def test_membership_ends_with_a_reason_asked_on_a_page_of_its_own(client, admin):
    membership = MembershipFactory(since=datetime.date(2026, 1, 1))
    asked = act(client, "end", membership.pk)
    assert asked.status_code == 200
    assert "Motivo" in asked.content.decode()
    membership.refresh_from_db()
    assert membership.state == "activa"
    assert act(client, "end", membership.pk, reason="Se mudó").status_code == 302
    membership.refresh_from_db()
    assert membership.state == "terminada"
    event = MembershipEvent.objects.select_related("pgh_context").latest("pgh_id")
    assert event.pgh_context.metadata["reason"] == "Se mudó"


def test_what_a_service_refuses_is_told_and_the_rest_is_done(client, admin):
    ended, suspended = MembershipFactory(state="activa"), MembershipFactory(state="suspendida")
    page = client.post(
        "/admin/partners/membership/",
        {"action": "resume", "_selected_action": [ended.pk, suspended.pk]},
        follow=True,
    ).content.decode()
    suspended.refresh_from_db()
    assert suspended.state == "activa"
    assert "así que no se puede hacer eso" in page
    assert "Se cambió una." in page


MODELS = ["user", "organisation", "membership", "userevent", "organisationevent", "membershipevent"]


@pytest.mark.parametrize("model", MODELS)
def test_every_page_of_people_answers(client, admin, model):
    membership = services.add_membership(user=UserFactory(), organisation=OrganisationFactory(), by=admin)
    pk = {
        "user": membership.user.pk,
        "organisation": membership.organisation.pk,
        "membership": membership.pk,
    }.get(model)
    if pk is None:
        from django.apps import apps

        pk = apps.get_model("partners", model).objects.latest("pgh_id").pk
    assert client.get(f"/admin/partners/{model}/").status_code == 200
    assert client.get(f"/admin/partners/{model}/?q=12").status_code == 200
    assert client.get(f"/admin/partners/{model}/{pk}/change/").status_code == 200
    assert client.get(f"/admin/partners/{model}/{pk}/history/").status_code == 200
    assert client.get(f"/admin/partners/{model}/add/").status_code == (403 if model.endswith("event") else 200)


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_a_constant_number_of_times(client, admin, model, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add():
        services.add_membership(user=UserFactory(), organisation=OrganisationFactory(), by=GesocFactory())

    add()
    add()  # rows with an author
    client.get(f"/admin/partners/{model}/")
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(f"/admin/partners/{model}/")
    add()
    add()
    with django_assert_num_queries(len(first)):
        assert client.get(f"/admin/partners/{model}/").status_code == 200
