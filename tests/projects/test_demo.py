"""The demo's projects: there once, marked as examples, and whole also where no example file is loaded."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from gesoc import local
from partners.demo import EXAMPLES, OPERATOR, load_people
from projects.demo import load_projects
from projects.models import DataGap, Outcome, Project, ResearchNote
from tests.factories.datasets import MunicipalityFactory, StateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "demo_logins_path", lambda: tmp_path / "demo_logins.json")
    for example in (OPERATOR, *EXAMPLES):
        for code in (example.home, *example.coverage):
            MunicipalityFactory(code=code)
    StateFactory(code="20")
    load_people()


def test_three_projects_are_told_once(client):
    assert load_projects() == 3
    assert load_projects() == 0
    assert {project.is_example for project in Project.objects.all()} == {True}
    assert set(Project.objects.values_list("stage", flat=True)) == {"implementacion", "codiseno", "idea"}
    assert Outcome.objects.filter(state="verificado").count() == 1
    assert DataGap.objects.get(state="solicitado").is_overdue
    for project in Project.objects.all():
        assert client.get(project.get_absolute_url()).status_code == 200
    for note in ResearchNote.objects.all():
        page = client.get(note.get_absolute_url()).content.decode()
        other = note.translations.first() or note.translation_of
        image = note.images.get()
        assert f'src="{image.get_absolute_url()}"' in page and other.get_absolute_url() in page
        assert client.get(image.get_absolute_url()).status_code == 200


def test_not_outside_local_mode(settings):
    settings.LOCAL = False
    with pytest.raises(ImproperlyConfigured):
        load_projects()
