"""Series: sessions that follow one another, the next of them, what they came to together, and who learns of which."""

import pytest

from dialogues import services
from dialogues.models import Attendance, ParticipationCount, Series, Session
from dialogues.selectors import series as read
from tests.dialogues.test_schedule import itzel, written  # noqa: F401  (a fixture)
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import (
    AgendaItemFactory,
    RegistrationFactory,
    SeriesFactory,
    SessionFactory,
    SessionRoleFactory,
    in_days,
)
from tests.factories.partners import GesocFactory, MembershipFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = "/dialogos/nuevo/"


def in_series(series, *days, **fields):
    host = series.host_organisation
    return [SessionFactory(series=series, host_organisation=host, local_start=in_days(day), **fields) for day in days]


def came(session, sector, number):
    for _place in range(number):
        row = RegistrationFactory(session=session, sector_at_time=sector)
        Attendance.objects.create(registration=row, mode="presencial", at=session.starts_at, method="lista")


# -- beginning and going on --------------------------------------------------------------------------------------------


def test_a_session_begins_a_series_of_its_organisation(client, itzel):  # noqa: F811
    client.post(NEW, written(itzel, new_series="Pavimento, mes con mes"))
    session = Session.objects.get()
    assert (session.series.title, session.series.host_organisation) == ("Pavimento, mes con mes", itzel.organisation)
    page = client.get(session.get_absolute_url()).content.decode()
    assert f"/dialogos/series/{session.series.key}/" in page


def test_a_series_is_chosen_or_named_and_not_both(client, itzel):  # noqa: F811
    series = SeriesFactory(host_organisation=itzel.organisation)
    form = client.post(NEW, written(itzel, series=series.pk, new_series="Otra")).context["form"]
    assert form.errors["new_series"] == ["Elige una serie o ponle nombre a una nueva, no las dos cosas."]
    assert (Session.objects.count(), Series.objects.count()) == (0, 1)
    client.post(NEW, written(itzel, series=series.pk))
    assert Session.objects.get().series == series


def test_a_refused_session_leaves_no_series_behind(client, itzel):  # noqa: F811
    client.post(NEW, written(itzel))  # Itzel is busy then
    form = client.post(NEW, written(itzel, new_series="Pavimento")).context["form"]
    assert form.non_field_errors()
    assert not Series.objects.exists()


def test_nobody_puts_a_session_into_a_series_they_do_not_run(client, itzel):  # noqa: F811
    form = client.post(NEW, written(itzel, series=SeriesFactory().pk)).context["form"]
    assert list(form.errors) == ["series"]


def test_whoever_only_proposes_is_not_offered_series(client):
    member = MembershipFactory()
    client.force_login(member.user)
    assert "series" not in client.get(NEW).context["form"].fields


def test_a_session_is_put_into_a_series_and_taken_out_again(client, itzel):  # noqa: F811
    client.post(NEW, written(itzel))
    session = Session.objects.get()
    url = f"/dialogos/{session.slug}/preparar/"
    fields = {name: value for name, value in written(itzel).items() if name not in ("day", "start", "end", "action")}
    assert client.post(url, {**fields, "new_series": "Pavimento"}).status_code == 302
    series = Series.objects.get()
    assert list(series.sessions.all()) == [session]
    assert f"?serie={series.key}" in client.get(url).content.decode()
    client.post(url, {**fields, "series": ""})
    assert not series.sessions.exists()


def test_the_next_of_a_series_brings_agenda_places_and_team_and_nothing_else(client, itzel):  # noqa: F811
    series = SeriesFactory(host_organisation=itzel.organisation)
    (last,) = in_series(series, 10, title="¿La primera?", purpose="Su propósito", venue="Salón", capacity_in_person=12)
    AgendaItemFactory(session=last, title="Bienvenida", order=1)
    services.set_targets(session=last, targets={"medios": (0, 4)}, by=None)
    for name, role in (("Itzel Canul", "facilita"), ("Rosa Dzul", "relatoria")):
        person = PersonFactory(full_name=name, user=itzel.user if name.startswith("Itzel") else None)
        SessionRoleFactory(session=last, person=person, role=role, state="confirmada")
    RegistrationFactory(session=last)
    url = f"{NEW}?serie={series.key}"
    initial = client.get(url).context["form"].initial
    assert (initial["series"], initial["team"]) == (series, "Itzel Canul\nRosa Dzul")
    assert (initial["sector_medios"], initial["sector_ciudadania"], initial["capacity_in_person"]) == (4, None, 12)
    assert (initial["start"].hour, initial["end"].hour) == (17, 19)
    assert {"title", "purpose", "venue", "accessibility"}.isdisjoint(initial)
    form = written(itzel, team=initial["team"], series=series.pk, action="draft")
    form["team"] = "Itzel Canul"  # a contact whom she does not know stays out of her reach
    client.post(url, form)
    made = series.sessions.get(state="borrador")
    assert [item.title for item in made.agenda.all()] == ["Bienvenida"]
    assert [(role.person.full_name, role.role) for role in made.roles.all()] == [("Itzel Canul", "facilita")]
    assert not made.registrations.exists()


def test_a_team_keeps_its_roles_in_the_next_session(client):
    client.force_login(staff := GesocFactory())
    series = SeriesFactory()
    (last,) = in_series(series, 10)
    for name, role in (("Rosa Dzul", "relatoria"), ("Ana Pech", "facilita")):
        SessionRoleFactory(session=last, person=PersonFactory(full_name=name), role=role, state="confirmada")
    membership = MembershipFactory(user=staff, organisation=series.host_organisation)
    form = written(membership, series=series.pk, action="draft", team="Rosa Dzul\nAna Pech")
    client.post(f"{NEW}?serie={series.key}", form)
    made = series.sessions.get(state="borrador")
    assert {role.person.full_name: role.role for role in made.roles.all()} == {
        "Rosa Dzul": "relatoria",
        "Ana Pech": "facilita",
    }


@pytest.mark.parametrize("asked", ["nada", "00000000-0000-4000-8000-000000000000", "x" * 36])
def test_the_next_of_no_series_is_not_found(client, itzel, asked):  # noqa: F811
    assert client.get(NEW, {"serie": asked}).status_code == 404


# -- its page ----------------------------------------------------------------------------------------------------------


def test_a_session_says_where_it_stands_among_those_one_may_see(client):
    series = SeriesFactory(title="Pavimento")
    first, hidden, cancelled, last = (
        *in_series(series, 10),
        *in_series(series, 20, visibility="privada"),
        *in_series(series, 25, state="cancelada", state_reason="Llovió"),
        *in_series(series, 30),
    )
    page = client.get(last.get_absolute_url()).content.decode()
    assert "Sesión 2 de 2 de" in page
    assert first.get_absolute_url() in page
    assert hidden.title not in page
    assert cancelled.title not in page
    assert read.place_in(last, GesocFactory()) == read.Place(3, 3, hidden, None)
    assert read.place_in(cancelled, UserFactory()).number == 2


def test_the_only_session_one_sees_tells_no_number(client):
    series = SeriesFactory(title="Pavimento")
    (shown, _hidden) = (*in_series(series, 10), *in_series(series, 20, state="borrador"))
    page = client.get(shown.get_absolute_url()).content.decode()
    assert "Parte de la serie" in page
    assert "Sesión 1" not in page


def test_page_shows_sessions_in_order_and_what_was_agreed_to_whoever_may_see_it(client):
    series = SeriesFactory(purpose="Seguir cinco calles")
    later, sooner = in_series(series, 20, 10)
    (hidden,) = in_series(series, 15, visibility="privada")
    kept = CommitmentFactory(session=sooner, visibility="publica", text="Publicar los planos")
    CommitmentFactory(session=sooner, visibility="privada", text="Entre nosotros")
    CommitmentFactory(session=hidden, visibility="publica", text="De la sesión que no se ve")
    response = client.get(series.get_absolute_url())
    page = response.content.decode()
    assert response.context["sessions"] == [sooner, later]
    assert [row for row, _said in response.context["commitments"]] == [kept]
    assert "Seguir cinco calles" in page
    assert hidden.title not in page
    client.force_login(GesocFactory())
    assert client.get(series.get_absolute_url()).context["sessions"] == [sooner, hidden, later]


def test_a_series_of_which_one_sees_no_session_is_not_found(client):
    series = SeriesFactory()
    in_series(series, 10, state="borrador")
    assert client.get(series.get_absolute_url()).status_code == 404


def test_page_asks_a_constant_number_of_times(client, django_assert_max_num_queries):
    series = SeriesFactory()
    in_series(series, 10)
    with django_assert_max_num_queries(40) as first:
        client.get(series.get_absolute_url())
    in_series(series, 20, 30, 40)
    with django_assert_max_num_queries(len(first.captured_queries)):
        client.get(series.get_absolute_url())


def test_who_came_is_summed_exactly_for_the_team_and_from_what_is_public_for_others():
    """Three officials at the first table are hidden there; the sum over both must not give them away."""
    series = SeriesFactory()
    first, second = in_series(series, -20, -10, state="cerrada")
    came(first, "ciudadania", 8)
    came(first, "gobierno", 3)
    came(second, "gobierno", 6)
    services.set_targets(session=first, targets={"gobierno": (0, 5)}, by=None)
    ParticipationCount.objects.create(session=first, sectors=[["otros", 11]])
    ParticipationCount.objects.create(session=second, sectors=[["gobierno", 6]])
    shown = read.balance_of([first, second], UserFactory())
    assert [(row.label, row.came) for row in shown] == [("Gobierno", 6), ("Otros", 11)]
    coordinator = MembershipFactory(organisation=series.host_organisation).user
    exact = read.balance_of([first, second], coordinator)
    assert [(row.came, row.desired) for row in exact] == [(8, 0), (9, 5)]


def test_of_a_session_without_public_minutes_others_learn_nothing():
    series = SeriesFactory()
    (session,) = in_series(series, -20, state="realizada")
    came(session, "ciudadania", 8)
    assert read.balance_of([session], UserFactory()) == []


# -- its name ----------------------------------------------------------------------------------------------------------


LIST = "/dialogos/series/"


def test_the_list_tells_of_each_series_as_much_as_the_reader_may_see(client, itzel):  # noqa: F811
    coming, over, hidden = (SeriesFactory(title=title) for title in ("Pavimento", "Agua", "Todavía en papel"))
    in_series(coming, 10), in_series(coming, 20), in_series(coming, 30, visibility="privada")
    in_series(over, -10, state="realizada"), in_series(hidden, 10, state="borrador")
    mine = SeriesFactory(title="Mía", host_organisation=itzel.organisation)
    client.logout()
    page = client.get(LIST).content.decode()
    assert page.index("Pavimento") < page.index("Agua")
    assert "2 diálogos" in page and "el próximo" in page and "el último" in page
    assert hidden.title not in page and mine.title not in page
    client.force_login(itzel.user)
    page = client.get(LIST).content.decode()
    assert mine.title in page and "Todavía sin diálogos" in page and hidden.title not in page
    client.force_login(GesocFactory())
    assert "3 diálogos" in client.get(LIST).content.decode()


def test_the_list_asks_as_often_for_three_series_as_for_one(client, django_assert_num_queries):
    in_series(SeriesFactory(), 10, 20)
    with django_assert_num_queries(3):
        client.get(LIST)
    for _number in range(2):
        in_series(SeriesFactory(), 10)
    with django_assert_num_queries(3):
        client.get(LIST)


def test_an_empty_list_says_how_a_series_begins(client):
    assert "Una serie empieza al programar un diálogo" in client.get(LIST).content.decode()


def test_whoever_runs_it_names_it_and_says_what_it_is_for(client, itzel):  # noqa: F811
    series = SeriesFactory(host_organisation=itzel.organisation)
    url = f"/dialogos/series/{series.key}/cambiar/"
    refused = client.post(url, {"title": " ", "purpose": "x"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["title"])
    assert client.post(url, {"title": "Calles", "purpose": "Hasta que se entreguen"}).status_code == 302
    series.refresh_from_db()
    assert (series.title, series.purpose) == ("Calles", "Hasta que se entreguen")
