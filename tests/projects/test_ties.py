"""Ties that projects make between organisations: seen by whoever sees the project."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from partners import selectors
from projects.models import ProjectPartner
from tests.factories.partners import GesocFactory, OrganisationFactory
from tests.factories.projects import PartnerFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def told(user=NOBODY, organisation=None):
    return [(tie.one, tie.label, tie.other) for tie in selectors.ties(user, organisation)]


def test_project_ties_who_leads_it_with_who_takes_part():
    partner = PartnerFactory(project__title="Permisos de la costa")
    lead = partner.project.lead_organisation
    expected = [(lead, "Proyecto: Permisos de la costa", partner.organisation)]
    assert told() == told(organisation=lead) == told(organisation=partner.organisation) == expected
    assert told(organisation=OrganisationFactory()) == []


def test_private_project_ties_nobody_in_public():
    PartnerFactory(project=ProjectFactory(visibility="privada"))
    assert told() == []
    assert len(told(GesocFactory())) == 1


@pytest.mark.parametrize(
    "how",
    [{"state": ProjectPartner.State.INVITED}, {"state": ProjectPartner.State.WITHDRAWN, "until": date(2026, 1, 1)}],
)
def test_who_has_not_accepted_or_has_left_is_not_tied(how):
    PartnerFactory(since=date(2025, 1, 1), **how)
    assert told(GesocFactory()) == []


def test_tie_leads_to_the_project_and_stands_on_both_pages(client):
    partner = PartnerFactory(project__title="Permisos de la costa")
    for organisation in (partner.organisation, partner.project.lead_organisation):
        assert partner.project.get_absolute_url() in client.get(organisation.get_absolute_url()).content.decode()
    assert "Permisos de la costa" in b"".join(client.get("/red/vinculos.csv")).decode()
