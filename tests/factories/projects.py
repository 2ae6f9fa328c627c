"""Projects with their lead organisation as a partner, challenges and evidence."""

import factory
from factory.django import DjangoModelFactory

from gesoc.common.text import search_text, sort_key
from projects import models
from tests.factories.partners import MembershipFactory, OrganisationFactory


class ProjectFactory(DjangoModelFactory):
    """Public, in co-design; its lead organisation takes part as such."""

    class Meta:
        model = models.Project
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Proyecto {n}")
    slug = factory.Sequence(lambda n: f"proyecto-{n}")
    problem_statement = "Nadie sabe qué obras se autorizaron."
    lead_organisation = factory.SubFactory(OrganisationFactory)
    stage = models.Project.Stage.CODESIGN
    visibility = models.Visibility.PUBLIC
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.title))
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.title} {o.problem_statement}"))

    @factory.post_generation
    def lead(self, create, extracted, **kwargs):
        PartnerFactory(project=self, organisation=self.lead_organisation, role="lidera")

    @factory.post_generation
    def municipalities(self, create, extracted, **kwargs):
        self.municipalities.set(extracted or [])


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = models.ProjectPartner

    project = factory.SubFactory(ProjectFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    state = models.ProjectPartner.State.ACCEPTED


class ProjectMemberFactory(DjangoModelFactory):
    """Somebody of the lead organisation, with the membership that it needs."""

    class Meta:
        model = models.ProjectMember

    project = factory.SubFactory(ProjectFactory)
    organisation = factory.SelfAttribute("project.lead_organisation")
    user = factory.LazyAttribute(lambda o: MembershipFactory(organisation=o.organisation).user)
    role = models.ProjectMember.Role.COLLABORATOR


class ChallengeFactory(DjangoModelFactory):
    class Meta:
        model = models.Challenge
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Reto {n}")
    statement = "No se publica dónde es la obra."
    visibility = models.Visibility.PUBLIC
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.title))
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.title} {o.statement}"))


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = models.Evidence

    kind = models.Evidence.Kind.FIGURE
    title = factory.Sequence(lambda n: f"Cifra {n}")
    reading = "Torreón gastó 120 millones de pesos en obra pública en 2024."
    does_not_say = "No dice en qué calles."
    visibility = models.Visibility.PUBLIC
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.title} {o.reading}"))


class DataGapFactory(DjangoModelFactory):
    class Meta:
        model = models.DataGap

    project = factory.SubFactory(ProjectFactory)
    what_is_missing = "El padrón de permisos de obra"
