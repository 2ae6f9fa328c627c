"""Follow the money as the method of a dialogue: its exercises stand in the room."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.selectors.room import exercises
from projects.models import MoneyTrail
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import GesocFactory
from tests.factories.projects import ProjectFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db


def room(client, session):
    client.force_login(GesocFactory())
    return client.get(f"/dialogos/{session.slug}/sala/").content.decode()


def test_the_room_has_the_exercises_of_its_projects_and_begins_one(client):
    session = SessionFactory(state="en_curso", method="busqueda_del_tesoro")
    project, other = ProjectFactory(title="Costas"), ProjectFactory()
    session.projects.add(project)
    trail = MoneyTrail.objects.create(project=project, title="El muelle", programme="Muelle público")
    MoneyTrail.objects.create(project=other, title="De otro proyecto", programme="x")
    page = room(client, session)
    assert trail.get_absolute_url() in page and "El muelle" in page
    assert f"/proyectos/{project.slug}/dinero/nuevo/" in page
    assert "De otro proyecto" not in page


def test_it_costs_the_same_with_one_project_and_with_four(client):
    session = SessionFactory(state="en_curso", method="busqueda_del_tesoro")
    member = ProjectMemberFactory(role="liderazgo")
    session.projects.add(member.project)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            found = exercises(session, member.user)
        assert found.begins == [member.project]
        return len(seen)

    one = cost()
    for _ in range(3):
        session.projects.add(ProjectFactory(visibility="publica"))
    assert cost() == one


def test_without_a_project_the_room_says_what_to_do_and_other_methods_have_no_exercise(client):
    page = room(client, SessionFactory(state="en_curso", method="busqueda_del_tesoro"))
    assert "Un ejercicio pertenece a un proyecto" in page
    assert "Un ejercicio" not in room(client, SessionFactory(state="en_curso", method="mesa"))
