"""Accounts, memberships, and the trail they leave."""

import datetime
from urllib.parse import urlsplit

import pghistory.models
import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from partners import services
from partners.models import Membership, MembershipEvent, OutboxMail, User, UserEvent
from partners.tasks import deliver_due_mail
from tests.factories.partners import AdminFactory, GesocFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 10, 18, tzinfo=datetime.UTC), tick=False)


@pytest.fixture
def gesoc():
    return GesocFactory()


def trail(event_model, obj):
    """(label, action, author) of every version of a row."""
    events = event_model.objects.filter(pgh_obj=obj.pk).select_related("pgh_context").order_by("pgh_id")
    return [(e.pgh_label, e.pgh_context and e.pgh_context.metadata.get("action"), author(e)) for e in events]


def author(event):
    return event.pgh_context and event.pgh_context.metadata.get("user")


def test_create_user_keeps_address_in_lower_case_and_who_opened_it(gesoc):
    user = services.create_user(email=" Ana@Laguna.Example ", full_name="Ana", by=gesoc)
    assert (user.email, user.has_usable_password(), user.is_staff) == ("ana@laguna.example", False, False)
    assert trail(UserEvent, user) == [("insert", "create_user", gesoc.pk)]


def test_create_user_refuses_an_address_in_other_case(gesoc):
    services.create_user(email="ana@laguna.example", full_name="Ana", by=gesoc)
    with pytest.raises(ValidationError):
        services.create_user(email="ANA@laguna.example", full_name="Otra", by=gesoc)
    assert User.objects.filter(email__iexact="ana@laguna.example").count() == 1


def test_create_user_refuses_a_weak_password(gesoc):
    with pytest.raises(ValidationError):
        services.create_user(email="ana@laguna.example", full_name="Ana", password="12345678", by=gesoc)
    assert not User.objects.filter(email="ana@laguna.example").exists()


def test_history_of_a_user_holds_no_password_and_no_sign_in(gesoc):
    user = services.create_user(email="ana@laguna.example", full_name="Ana", by=gesoc)
    user.set_password("una frase larga")
    user.save()
    assert {"password", "last_login"}.isdisjoint(field.name for field in UserEvent._meta.fields)
    assert len(trail(UserEvent, user)) == 1


def test_update_user_does_not_undo_what_happened_since_it_was_read(gesoc):
    stale = UserFactory()
    services.update_user(user=User.objects.get(pk=stale.pk), by=gesoc, is_active=False)
    services.update_user(user=stale, by=stale, full_name="Otro nombre")
    stale.refresh_from_db()
    assert (stale.full_name, stale.is_active) == ("Otro nombre", False)


def test_update_user_refuses_to_close_ones_own_account():
    admin = AdminFactory()
    with pytest.raises(ValidationError):
        services.update_user(user=admin, by=admin, is_active=False)


def test_platform_rights_bring_the_group_and_take_it_away():
    admin, user = AdminFactory(), UserFactory()
    services.ensure_groups()
    services.set_platform_rights(user=user, by=admin, is_gesoc=True, is_admin=False)
    user = User.objects.get(pk=user.pk)
    assert (user.is_staff, user.has_perm("datasets.view_release"), user.has_perm("partners.change_user")) == (
        True,
        True,
        False,
    )
    services.set_platform_rights(user=user, by=admin, is_gesoc=False, is_admin=False)
    user = User.objects.get(pk=user.pk)
    assert (user.is_staff, user.has_perm("datasets.view_release")) == (False, False)


def test_platform_rights_are_not_given_up_alone():
    admin = AdminFactory()
    with pytest.raises(ValidationError):
        services.set_platform_rights(user=admin, by=admin, is_gesoc=False, is_admin=False)


def test_groups_name_only_rights_that_exist():
    group = services.ensure_groups()
    assert services.ensure_groups() == group
    listed = {
        f"{app}.{action}_{model}"
        for app, models in services.GESOC_PERMISSIONS.items()
        for model, actions in models.items()
        for action in {"view", *actions}
    }
    assert {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()} == listed


def test_invitation_opens_an_account_and_gives_no_right_until_accepted(gesoc, django_capture_on_commit_callbacks):
    organisation = OrganisationFactory(name="Laguna Abierta")
    with django_capture_on_commit_callbacks() as callbacks:
        membership = services.invite_member(
            organisation=organisation,
            email="Luz@laguna.example",
            full_name="Luz Paz",
            by=gesoc,
        )
    assert len(callbacks) == 1
    assert membership.state == Membership.State.INVITED
    assert not Membership.objects.in_force().exists()
    services.accept_invitation(membership=membership, by=membership.user)
    assert list(Membership.objects.in_force()) == [membership]
    assert trail(MembershipEvent, membership) == [
        ("insert", "invite_member", gesoc.pk),
        ("update", "accept_invitation", membership.user.pk),
    ]


def invited(gesoc, **fields):
    said = {"email": "luz@laguna.example", "full_name": "Luz Paz", **fields}
    return services.invite_member(organisation=OrganisationFactory(name="Laguna Abierta"), by=gesoc, **said)


def way_in():
    """The path of the link in the mail."""
    deliver_due_mail()
    [message] = mail.outbox
    return urlsplit(next(line for line in message.body.splitlines() if "/cuenta/entrada/" in line)).path


def test_invitation_mail_leads_to_a_first_password(client, gesoc):
    membership = invited(gesoc)
    link = way_in()
    assert mail.outbox[0].subject == "Invitación para actuar por Laguna Abierta en Mesa de Datos"
    assert link.strip("/").split("/")[-1] not in OutboxMail.objects.get().text  # minted when it is sent, kept nowhere
    page = client.get(link).content.decode()
    assert "Laguna Abierta" in page and "Elegir mi contraseña" in page
    assert "Elige una contraseña" in client.post(link, follow=True).content.decode()
    membership.user.set_password("muy larga y segura 1")
    membership.user.save()
    assert client.post(link)["Location"] == "/cuenta/"  # no second password through an old mail


def test_what_was_withdrawn_leads_nowhere_and_what_waits_is_not_sent(client, gesoc):
    membership = invited(gesoc)
    link = way_in()
    services.end_membership(membership=membership, by=gesoc)
    assert (client.get(link).status_code, client.post(link).status_code) == (404, 404)
    other = invited(gesoc, email="otra@laguna.example")
    services.end_membership(membership=other, by=gesoc)
    deliver_due_mail()
    assert len(mail.outbox) == 1
    assert OutboxMail.objects.get(to="otra@laguna.example").state == OutboxMail.State.SUPPRESSED


def test_the_team_sees_whether_the_mail_of_an_invitation_left(client, gesoc):
    membership = invited(gesoc)
    client.force_login(gesoc)
    team = f"/organizaciones/{membership.organisation.slug}/equipo/"
    assert "El correo va en camino" in client.get(team).content.decode()
    OutboxMail.objects.update(state="fallido")
    assert "El correo no se pudo entregar" in client.get(team).content.decode()


def test_invitation_is_accepted_only_by_the_invited(gesoc):
    membership = MembershipFactory(state=Membership.State.INVITED)
    with pytest.raises(ValidationError):
        services.accept_invitation(membership=membership, by=gesoc)


def test_ended_membership_keeps_its_row_date_and_reason(gesoc):
    membership = services.end_membership(membership=MembershipFactory(since=TODAY), by=gesoc, reason="Se mudó")
    assert (membership.state, membership.until) == (Membership.State.ENDED, TODAY)
    last = pghistory.models.Context.objects.get(pk=MembershipEvent.objects.order_by("pgh_id").last().pgh_context_id)
    assert last.metadata == {"user": gesoc.pk, "action": "end_membership", "reason": "Se mudó"}


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("accept", {"invitada"}),
        ("suspend", {"activa"}),
        ("resume", {"suspendida"}),
        ("end", {"invitada", "activa", "suspendida"}),
        ("change_role", {"invitada", "activa"}),
    ],
)
@pytest.mark.parametrize("state", Membership.State.values)
def test_services_start_only_from_their_states(gesoc, service, allowed, state):
    until = TODAY if state == Membership.State.ENDED else None
    membership = MembershipFactory(state=state, since=TODAY, until=until)
    call = {
        "accept": lambda: services.accept_invitation(membership=membership, by=membership.user),
        "suspend": lambda: services.suspend_membership(membership=membership, by=gesoc, reason="Porque sí"),
        "resume": lambda: services.resume_membership(membership=membership, by=gesoc),
        "end": lambda: services.end_membership(membership=membership, by=gesoc),
        "change_role": lambda: services.change_role(membership=membership, role="coordinacion", by=gesoc),
    }[service]
    if state in allowed:
        call()
        return
    with pytest.raises(ValidationError):
        call()
    membership.refresh_from_db()
    assert membership.state == state


def test_suspension_asks_for_a_reason(gesoc):
    membership = MembershipFactory()
    with pytest.raises(ValidationError):
        services.suspend_membership(membership=membership, by=gesoc, reason="  ")
    membership.refresh_from_db()
    assert membership.state == Membership.State.ACTIVE


def test_same_role_twice_is_refused(gesoc):
    membership = MembershipFactory(role=Membership.Role.MEMBER)
    other = MembershipFactory(
        user=membership.user, organisation=membership.organisation, role=Membership.Role.COORDINATOR
    )
    with pytest.raises(ValidationError):
        services.change_role(membership=other, role=Membership.Role.MEMBER, by=gesoc)
