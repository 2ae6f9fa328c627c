"""Who sees a project, who works in it, how it moves on."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partners import services as partner_services
from projects import services
from projects.models import Project, ProjectMember, ProjectMemberEvent, ProjectPartner, StageChange, Visibility
from tests.factories.partners import AdminFactory, GesocFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.projects import PartnerFactory, ProjectFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db


def seen(user):
    return set(Project.objects.visible_to(user).values_list("slug", flat=True))


@pytest.fixture
def three():
    lead = OrganisationFactory()
    for visibility in Visibility.values:
        ProjectFactory(slug=visibility, visibility=visibility, lead_organisation=lead)
    return lead


def test_visitors_see_public_projects_and_the_network_its_own(three):
    assert seen(AnonymousUser()) == {"publica"}
    assert seen(UserFactory()) == {"publica"}
    assert seen(MembershipFactory().user) == {"publica", "red"}
    assert seen(MembershipFactory(organisation=three).user) == {"publica", "red", "privada"}
    assert seen(GesocFactory()) == seen(AdminFactory()) == {"publica", "red", "privada"}


def test_an_invited_partner_sees_a_private_project_and_a_withdrawn_one_no_longer(three):
    somebody = MembershipFactory()
    partner = services.invite_partner(
        project=Project.objects.get(slug="privada"), organisation=somebody.organisation, by=None
    )
    assert "privada" in seen(somebody.user)
    assert not somebody.user.has_perm("projects.see_private_notes", partner.project)
    partner = services.accept_partnership(partner=partner, by=somebody.user)
    assert somebody.user.has_perm("projects.see_private_notes", partner.project)
    services.withdraw_partner(partner=partner, by=somebody.user)
    assert "privada" not in seen(somebody.user)


def test_an_ended_membership_ends_every_right_in_the_project_at_once(three):
    project = Project.objects.get(slug="privada")
    member = ProjectMemberFactory(project=project, role=ProjectMember.Role.LEAD)
    assert member.user.has_perm("projects.edit_project", project)
    partner_services.end_membership(membership=member.user.memberships.get(), by=None)
    assert "privada" not in seen(member.user)
    assert not member.user.has_perm("projects.edit_project", project)
    assert not member.user.has_perm("projects.write_log", project)


def test_leaving_the_project_takes_effect_at_once():
    member = ProjectMemberFactory()
    services.end_member(member=member, by=None)
    assert not ProjectMember.objects.in_force().exists()


def test_gesoc_edits_projects_but_reads_no_private_note():
    project, staff = ProjectFactory(), GesocFactory()
    assert staff.has_perm("projects.edit_project", project)
    assert not staff.has_perm("projects.see_private_notes", project)


def test_only_coordinators_answer_for_their_organisation():
    partner = PartnerFactory(state=ProjectPartner.State.INVITED)
    member = MembershipFactory(organisation=partner.organisation).user
    coordinator = MembershipFactory(organisation=partner.organisation, role="coordinacion").user
    assert not member.has_perm("projects.answer_partnership", partner)
    assert coordinator.has_perm("projects.answer_partnership", partner)


def test_a_new_project_has_its_lead_organisation_and_its_author():
    membership = MembershipFactory()
    project = services.create_project(
        project=Project(
            title="Costas a la vista", problem_statement="¿Quién vigila?", lead_organisation=membership.organisation
        ),
        by=membership.user,
    )
    assert project.slug == "costas-a-la-vista"
    assert project.partners.get().role == ProjectPartner.Role.LEAD
    assert project.members.get().role == ProjectMember.Role.LEAD
    second = services.create_project(
        project=Project(title="Costas a la vista", problem_statement="Otra", lead_organisation=membership.organisation),
        by=membership.user,
    )
    assert second.slug == "costas-a-la-vista-2"


def test_a_stage_changes_with_a_reason_only():
    project, user = ProjectFactory(), UserFactory()
    with pytest.raises(ValidationError):
        services.change_stage(project=project, to_stage=Project.Stage.FOLLOW_UP, reason="  ", by=user)
    services.change_stage(project=project, to_stage=Project.Stage.FOLLOW_UP, reason="Ya hay compromisos", by=user)
    back = services.change_stage(project=project, to_stage=Project.Stage.CODESIGN, reason="Faltó el plano", by=user)
    assert (back.from_stage, back.to_stage) == (Project.Stage.FOLLOW_UP, Project.Stage.CODESIGN)
    assert project.stage == Project.Stage.CODESIGN
    assert StageChange.objects.count() == 2


def test_saving_a_project_never_changes_its_stage():
    project = ProjectFactory()
    project.stage = Project.Stage.CLOSED
    services.save_project(project=project, by=None)
    assert Project.objects.get().stage == Project.Stage.CODESIGN


def test_another_organisation_leads_and_the_first_goes_on():
    project, other = ProjectFactory(), OrganisationFactory()
    first = project.lead_organisation
    project.lead_organisation = other
    services.save_project(project=project, by=None)
    assert dict(project.partners.values_list("organisation_id", "role")) == {
        first.pk: ProjectPartner.Role.IMPLEMENTER,
        other.pk: ProjectPartner.Role.LEAD,
    }


def test_the_lead_organisation_cannot_leave():
    project = ProjectFactory()
    with pytest.raises(ValidationError):
        services.withdraw_partner(partner=project.partners.get(), by=None)


def test_members_act_for_a_partner_that_accepted():
    project, stranger = ProjectFactory(), MembershipFactory()
    with pytest.raises(ValidationError):
        services.add_member(project=project, user=stranger.user, organisation=stranger.organisation, by=None)
    with pytest.raises(ValidationError):
        services.add_member(project=project, user=stranger.user, organisation=project.lead_organisation, by=None)


def test_the_people_of_an_organisation_leave_with_it():
    partner = PartnerFactory()
    member = ProjectMemberFactory(project=partner.project, organisation=partner.organisation)
    services.withdraw_partner(partner=partner, by=None)
    assert ProjectMember.objects.get(pk=member.pk).until is not None


def test_the_database_refuses_a_second_live_partnership_and_an_end_before_the_beginning():
    partner = PartnerFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerFactory(project=partner.project, organisation=partner.organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectFactory(starts_on=datetime.date(2026, 2, 1), ends_on=datetime.date(2026, 1, 1))


# -- dialogue.md §6.5, 26 ---------------------------------------------------------------------------------------------


def test_edge_26_of_two_merged_partners_one_goes_on_and_the_lead_leads():
    """Whichever of the two is given up: one live partnership, and no project with two leads."""
    for gives_up in ("lead", "partner"):
        project = ProjectFactory()
        partner = PartnerFactory(project=project)
        sides = {"lead": project.lead_organisation, "partner": partner.organisation}
        source = sides.pop(gives_up)
        (target,) = sides.values()
        before = list(project.partners.order_by("pk").values_list("organisation", "role", "state", "until"))
        preview = partner_services.preview_merge(source=source, target=target)
        assert preview.stuck == []
        merge = partner_services.merge_organisations(source=source, target=target, by=GesocFactory())
        project.refresh_from_db()
        assert project.lead_organisation == target
        live = project.partners.exclude(state="retirada")
        assert [(one.organisation, one.role) for one in live] == [(target, "lidera")]
        partner_services.undo_merge(merge=merge, by=GesocFactory())
        assert before == list(project.partners.order_by("pk").values_list("organisation", "role", "state", "until"))


def test_edge_26_a_project_whose_lead_left_is_looked_after_by_gesoc(client):
    member = ProjectMemberFactory(project=ProjectFactory(slug="costas", title="Costas"), role=ProjectMember.Role.LEAD)
    project, staff = member.project, GesocFactory()
    partner_services.change_status(
        organisation=project.lead_organisation, status="salida", reason="Cerró sus puertas", by=staff
    )
    assert not member.user.has_perm("projects.edit_project", Project.objects.get())
    assert "GESOC cuida este proyecto" in client.get("/proyectos/costas/").content.decode()
    client.force_login(staff)
    assert "Busca quién lidera “Costas”" in client.get("/mi-semana/").content.decode()
    other = OrganisationFactory(name="Litoral Vivo")
    project.refresh_from_db()
    project.lead_organisation = other
    services.save_project(project=project, by=staff)
    assert "GESOC cuida este proyecto" not in client.get("/proyectos/costas/").content.decode()
    assert "Busca quién lidera" not in client.get("/mi-semana/").content.decode()
    assert list(Project.objects.in_custody()) == []


def test_edge_26_who_acted_for_the_wrong_organisation_is_put_right_by_gesoc(client):
    """Of somebody with two organisations the wrong one stands in the project: GESOC ends it and adds the right one."""
    project, staff = ProjectFactory(slug="costas"), GesocFactory()
    member = ProjectMemberFactory(project=project)
    right = PartnerFactory(project=project).organisation
    MembershipFactory(user=member.user, organisation=right)
    client.force_login(staff)
    client.post(f"/proyectos/costas/personas/{member.pk}/")
    data = {"email": member.user.email, "role": "colaboracion"}
    asked = client.post("/proyectos/costas/personas/", data)
    assert "di por cuál" in asked.content.decode() and not ProjectMember.objects.in_force().exists()
    assert client.post("/proyectos/costas/personas/", data | {"organisation": right.pk}).status_code == 302
    now = ProjectMember.objects.in_force().get()
    assert (now.user, now.organisation) == (member.user, right)
    ended = ProjectMemberEvent.objects.filter(pgh_obj=member.pk).latest("pgh_id")
    assert ended.until is not None and ended.pgh_context.metadata["user"] == staff.pk
