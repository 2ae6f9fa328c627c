"""The administration of projects: every page opens, and what is created there goes through the services."""

import pytest
from django.apps import apps
from django.contrib import admin as site

from projects.models import Project, ProjectPartner
from tests.factories.partners import AdminFactory, OrganisationFactory
from tests.factories.projects import ChallengeFactory, DataGapFactory, EvidenceFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NO_ROWS = {
    f"{name}-{count}_FORMS": 0 for name in ("partners", "members", "stage_changes") for count in ("TOTAL", "INITIAL")
}


def test_every_page_opens(client):
    client.force_login(AdminFactory())
    rows = [ProjectFactory(), ChallengeFactory(), EvidenceFactory(), DataGapFactory()]
    for model in apps.get_app_config("projects").get_models():
        if model in site.site._registry:
            assert client.get(f"/admin/projects/{model._meta.model_name}/").status_code == 200
    for row in rows:
        assert client.get(f"/admin/projects/{row._meta.model_name}/{row.pk}/change/").status_code == 200


def test_a_project_made_there_has_its_lead_organisation_as_partner(client):
    client.force_login(AdminFactory())
    data = {
        "slug": "costas",
        "title": "Costas",
        "problem_statement": "¿Quién vigila?",
        "scope": "municipal",
        "visibility": "privada",
        "lead_organisation": OrganisationFactory().pk,
    }
    assert client.post("/admin/projects/project/add/", data | NO_ROWS).status_code == 302
    assert Project.objects.get().partners.get().role == ProjectPartner.Role.LEAD
