"""When somebody cannot: their own page, what others learn of it, and how it goes."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from dialogues import services, tasks
from dialogues.clock import moments
from dialogues.models import Availability
from partners.services import person_of
from tests.dialogues.test_schedule import NEW, itzel, written  # noqa: F401  (a fixture)
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import SessionFactory, SessionRoleFactory, in_days
from tests.factories.partners import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/dialogos/disponibilidad/"


@pytest.fixture
def ana(client):
    """Of an organisation of Cancún; signed in."""
    place = MunicipalityFactory(code="23005", name="Benito Juárez", time_zone="America/Cancun")
    user = MembershipFactory(organisation__home_municipality=place).user
    client.force_login(user)
    return user


def add(client, **fields):
    return client.post(
        URL, {"day": f"{in_days(10):%Y-%m-%d}", "until": "", "start": "", "end": "", "note": "", **fields}
    )


def test_a_whole_day_is_one_of_the_clocks_of_ones_own_place(client, ana):
    assert add(client, note="Cita médica").status_code == 302
    row = Availability.objects.get()
    midnight = in_days(10, hour=0)
    assert row.starts_at == moments(midnight, "America/Cancun")[0]
    assert row.ends_at - row.starts_at == timedelta(days=1)
    page = client.get(URL).content.decode()
    assert "Cita médica" in page
    assert "Benito Juárez" in page


def test_hours_and_several_days(client, ana):
    add(client, start="09:00", end="11:30")
    add(client, until=f"{in_days(12):%Y-%m-%d}")
    whole, short = Availability.objects.order_by("starts_at")
    assert (whole.ends_at - whole.starts_at, short.ends_at - short.starts_at) == (
        timedelta(days=3),
        timedelta(hours=2, minutes=30),
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"day": "2020-01-01"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"until": "9999-12-31"}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": f"{in_days(9):%Y-%m-%d}"}, "until"),
        ({"start": "11:00", "end": "09:00"}, "end"),
        ({"start": "25:00"}, "start"),
        ({"day": "mañana"}, "day"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_saved(client, ana, fields, field):
    response = add(client, **fields)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not Availability.objects.exists()


def test_an_hour_that_does_not_exist_is_refused_and_one_that_happens_twice_counts_twice(client):
    border = MunicipalityFactory(code="05025", name="Piedras Negras", time_zone="America/Matamoros")
    client.force_login(MembershipFactory(organisation__home_municipality=border).user)
    form = add(client, day="2027-03-14", start="02:30", end="05:00").context["form"]
    assert list(form.errors) == ["start"]
    add(client, day="2027-11-07", start="01:00", end="01:30")
    row = Availability.objects.get()
    assert row.ends_at - row.starts_at == timedelta(hours=1, minutes=30)


def test_taken_off_it_can_be_put_back_once(client, ana):
    add(client, note="Vacaciones")
    before = Availability.objects.values_list("starts_at", "ends_at", "note").get()
    assert client.post(URL, {"take_off": Availability.objects.get().pk}).status_code == 302
    assert not Availability.objects.exists()
    page = client.get(URL).content.decode()
    assert "Deshacer" in page
    assert "Vacaciones" not in page
    for _twice in range(2):
        client.post(URL, {"undo": "1"})
    assert Availability.objects.values_list("starts_at", "ends_at", "note").get() == before
    assert "Deshacer" not in client.get(URL).content.decode()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "²"])
def test_what_is_nobodys_is_not_found(client, ana, number):
    assert client.post(URL, {"take_off": number}).status_code == 404


def test_nobody_takes_off_what_is_anothers(client, ana):
    other = person_of(user=UserFactory())
    row = services.mark_unavailable(
        person=other, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=1), by=None
    )
    assert client.post(URL, {"take_off": row.pk}).status_code == 404
    assert client.get(URL).context["rows"] == []


def test_looking_makes_nobody_a_contact_and_the_past_is_not_shown_and_erased(client, ana):
    client.get(URL)
    assert not hasattr(type(ana).objects.get(pk=ana.pk), "person")
    start = timezone.now() - timedelta(days=3)
    services.mark_unavailable(person=person_of(user=ana), starts_at=start, ends_at=start + timedelta(days=1), by=ana)
    assert client.get(URL).context["rows"] == []
    add(client)
    tasks.keep_promises()
    assert Availability.objects.get().starts_at > timezone.now()


def test_edge_4_whoever_says_so_after_being_named_is_told_and_stays(client, ana):
    session = SessionFactory(title="¿Qué falta?", local_start=in_days(10))
    role = SessionRoleFactory(session=session, person=person_of(user=ana), state="confirmada")
    add(client)
    assert "Estás en el equipo de «¿Qué falta?»" in client.get(URL).content.decode()
    role.refresh_from_db()
    assert (role.state, role.holds) == ("confirmada", True)


def test_edge_4_others_learn_that_somebody_is_not_available_and_never_why(client, itzel):  # noqa: F811
    day = in_days(30)
    rosa = MembershipFactory(role="facilitacion", user__full_name="Rosa Dzul").user
    services.mark_unavailable(
        person=person_of(user=rosa),
        starts_at=moments(datetime(day.year, day.month, day.day), "America/Monterrey")[0],
        ends_at=moments(datetime(day.year, day.month, day.day, 23), "America/Monterrey")[0],
        note="Quimioterapia",
        by=rosa,
    )
    form = written(itzel, team="Itzel Canul\nRosa Dzul")
    typed = client.get("/dialogos/nuevo/equipo/", form).content.decode()
    assert "Rosa Dzul no está disponible" in typed
    saved = client.post(NEW, form, follow=True).content.decode()
    assert "Rosa Dzul no está disponible" in saved
    slug = SessionFactory._meta.model.objects.get().slug
    prepared = client.get(f"/dialogos/{slug}/preparar/").content.decode()
    assert "Rosa Dzul" in prepared
    for page in (typed, saved, prepared):
        assert "Quimioterapia" not in page


def test_edge_4_a_session_that_moves_to_such_a_day_says_so(client, itzel):  # noqa: F811
    client.post(NEW, written(itzel))
    session = SessionFactory._meta.model.objects.get()
    day = in_days(40)
    services.mark_unavailable(
        person=person_of(user=itzel.user),
        starts_at=moments(datetime(day.year, day.month, day.day), "America/Monterrey")[0],
        ends_at=moments(datetime(day.year, day.month, day.day, 23), "America/Monterrey")[0],
        by=itzel.user,
    )
    fields = {**written(itzel), "day": f"{day:%Y-%m-%d}", "action": "later"}
    page = client.post(f"/dialogos/{session.slug}/mover/", fields, follow=True).content.decode()
    assert "Itzel Canul no está disponible" in page
