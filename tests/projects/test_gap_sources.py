"""Which dataset came of a request: published ones and those of one's own, by name where they are many."""

import pytest

from projects.forms.evidence import PublishForm
from projects.forms.fields import FEW
from projects.models import DataGap
from tests.factories.datasets import IngestFactory, PublicBodyFactory, ReleaseFactory, SourceFactory, SourceFileFactory
from tests.factories.partners import MembershipFactory
from tests.factories.projects import DataGapFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db


def published(name, **more):
    ingest = IngestFactory(file=SourceFileFactory(source=SourceFactory(name=name)), status="published")
    ReleaseFactory(ingest=ingest, **more)
    return ingest.file.source


def offered(user):
    return {str(one) for one in PublishForm(user=user).fields["source"].queryset}


def test_sources_of_which_nothing_is_public_are_not_named():
    member = MembershipFactory()
    published("Gasto de Torreón")
    SourceFileFactory(source=SourceFactory(name="Borrador de otra"))
    SourceFileFactory(source=SourceFactory(name="Borrador propio")).organisations.add(member.organisation)
    assert offered(member.user) == {"Gasto de Torreón", "Borrador propio"}


def test_one_of_many_is_typed_by_its_name(client):
    member = ProjectMemberFactory()
    gap = DataGapFactory(project=member.project)
    body = PublicBodyFactory()
    for n in range(FEW + 1):
        published(f"Padrón {n:02}", public_body=body, year=1990 + n)
    client.force_login(member.user)
    page = client.get(gap.get_absolute_url()).content.decode()
    assert "Padrón 07" not in page
    wrong = client.post(gap.get_absolute_url(), {"do": "publish", "publish-source": "Otra cosa"})
    assert "“Otra cosa”" in wrong.content.decode() and DataGap.objects.get().state == "detectado"
    assert client.post(gap.get_absolute_url(), {"do": "publish", "publish-source": "padrón 07"}).status_code == 302
    assert DataGap.objects.get().resulting_source.name == "Padrón 07"
