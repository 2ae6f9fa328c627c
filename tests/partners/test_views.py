"""Directory and pages of organisations, the own account: what they show, to whom, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import services
from partners.models import Membership, Organisation
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

DIRECTORY = "/organizaciones/"


def named(client, **query):
    return [organisation.name for organisation in client.get(DIRECTORY, query).context["page"]]


@pytest.fixture
def network():
    torreon, cancun = MunicipalityFactory(code="05035"), MunicipalityFactory(code="23005")
    OrganisationFactory(name="Ñandú Vivo", home_municipality=cancun, kind="medios")
    OrganisationFactory(name="Nodo Sierra", home_municipality=torreon, status="en_pausa")
    OrganisationFactory(name="Águila Abierta", home_municipality=torreon)
    OrganisationFactory(name="Contacto", status="contacto")
    OrganisationFactory(name="Se fue", status="salida")


def test_directory_lists_who_takes_part_in_spanish_order(client, network):
    assert named(client) == ["Águila Abierta", "Nodo Sierra", "Ñandú Vivo"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "aguila"}, ["Águila Abierta"]),
        ({"q": "TORREÓN"}, ["Águila Abierta", "Nodo Sierra"]),
        ({"q": "nodo torreon"}, ["Nodo Sierra"]),
        ({"q": "contacto"}, []),
        ({"estado": "05"}, ["Águila Abierta", "Nodo Sierra"]),
        ({"estado": ["05", "23"]}, ["Águila Abierta", "Nodo Sierra", "Ñandú Vivo"]),
        ({"tipo": "medios"}, ["Ñandú Vivo"]),
        ({"estado": "05", "situacion": "en_pausa"}, ["Nodo Sierra"]),
        ({"estado": "05", "tipo": "medios"}, []),
        ({"estado": "99", "tipo": "nada"}, ["Águila Abierta", "Nodo Sierra", "Ñandú Vivo"]),
        ({"pagina": "99"}, ["Águila Abierta", "Nodo Sierra", "Ñandú Vivo"]),
    ],
)
def test_directory_searches_and_filters(client, network, query, expected):
    assert named(client, **query) == expected


def facets(client, **query):
    found = client.get(DIRECTORY, query).context["facets"]
    return {facet.name: {c.label: c.found for c in facet.choices} for _label, facet in found}


def test_facets_count_within_the_other_filters(client, network):
    assert facets(client, estado="05") == {
        "estado": {"Coahuila": 2, "Estado 23": 1},
        "tipo": {"Organización civil": 2},
        "tema": {},
        "situacion": {"Activa": 1, "En pausa": 1},
    }


def test_counts_of_facets_are_what_the_boxes_give(client, network):
    for name, values in {
        "estado": ["05", "23"],
        "tipo": ["osc", "medios"],
        "situacion": ["activa", "en_pausa"],
    }.items():
        response = client.get(DIRECTORY)
        facet = next(facet for _label, facet in response.context["facets"] if facet.name == name)
        assert {c.value: c.found for c in facet.choices} == {v: len(named(client, **{name: v})) for v in values}


def test_empty_directory_says_what_to_do(client, network):
    page = client.get(DIRECTORY, {"q": "pabimento"}).content.decode()
    assert "Ninguna organización coincide con estos filtros" in page
    assert "Quitar filtros" in page


def test_directory_asks_a_constant_number_of_times(client, network, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        client.get(DIRECTORY)
    for _ in range(30):
        OrganisationFactory(home_municipality=MunicipalityFactory(code="23005"))
    with django_assert_num_queries(len(few)):
        assert client.get(DIRECTORY).context["page"].paginator.num_pages == 2


def test_pages_keep_the_filters(client):
    for _ in range(30):
        OrganisationFactory(home_municipality=MunicipalityFactory())
    page = client.get(DIRECTORY, {"estado": "05", "q": "organización"}).content.decode()
    assert "?estado=05&amp;q=organizaci%C3%B3n&amp;pagina=2" in page


def test_organisation_page_shows_public_fields(client):
    organisation = OrganisationFactory(
        name="Laguna Abierta",
        slug="laguna",
        description="Vigila la obra pública.",
        website="https://laguna.example/",
        public_email="hola@laguna.example",
        home_municipality=MunicipalityFactory(code="05035"),
    )
    MembershipFactory(organisation=organisation, role="coordinacion", user__full_name="Mariana Ríos")
    page = client.get("/organizaciones/laguna/").content.decode()
    for text in (
        "Laguna Abierta",
        "Organización civil en Torreón, Coahuila",
        "Vigila la obra",
        "https://laguna.example/",
    ):
        assert text in page
    assert "Mariana Ríos" not in page


def test_organisation_page_names_contacts_to_the_network(client):
    organisation = OrganisationFactory(slug="laguna")
    MembershipFactory(organisation=organisation, role="coordinacion", user__full_name="Mariana Ríos")
    MembershipFactory(organisation=organisation, role="coordinacion", state="suspendida", user__full_name="Ana Paz")
    client.force_login(MembershipFactory().user)
    page = client.get("/organizaciones/laguna/").content.decode()
    assert "Mariana Ríos" in page
    assert "Ana Paz" not in page


def test_organisation_page_says_when_it_left(client):
    OrganisationFactory(slug="se-fue", status=Organisation.Status.LEFT)
    assert "Salió de la red" in client.get("/organizaciones/se-fue/").content.decode()


def test_pages_exist_in_english(client):
    OrganisationFactory(slug="laguna", home_municipality=MunicipalityFactory(code="05035"))
    assert "Civil society organisation in Torreón" in client.get("/en/organizaciones/laguna/").content.decode()


def test_account_lists_memberships_with_what_holds_first(client):
    user = UserFactory()
    for name, state in (("Zeta", "activa"), ("Alfa", "suspendida"), ("Beta", "invitada")):
        MembershipFactory(user=user, organisation__name=name, state=state)
    client.force_login(user)
    rows = client.get("/cuenta/").context["memberships"]
    assert [(m.organisation.name, m.state) for m in rows] == [
        ("Beta", "invitada"),
        ("Zeta", "activa"),
        ("Alfa", "suspendida"),
    ]


def test_account_changes_name_and_language_and_nothing_else(client):
    user = UserFactory(email="ana@laguna.example")
    client.force_login(user)
    data = {"full_name": "Ana", "preferred_language": "en", "email": "otra@laguna.example", "is_superuser": "on"}
    assert client.post("/cuenta/", data)["Location"] == "/en/cuenta/"
    user.refresh_from_db()
    assert (user.full_name, user.preferred_language, user.email, user.is_superuser) == (
        "Ana",
        "en",
        "ana@laguna.example",
        False,
    )


def test_account_refuses_an_empty_name_and_keeps_the_old_one_in_the_header(client):
    client.force_login(UserFactory(full_name="Ana Ruiz"))
    page = client.post("/cuenta/", {"full_name": "", "preferred_language": "es-mx"}).content.decode()
    assert "<title>Error: Mi cuenta" in page
    assert "<summary>Ana</summary>" in page


def test_invitation_is_accepted_and_declined_from_the_account(client):
    user = UserFactory()
    yes, no = (MembershipFactory(user=user, state="invitada") for _ in range(2))
    client.force_login(user)
    assert "Aceptar la invitación" in client.get("/cuenta/").content.decode()
    client.post(f"/cuenta/invitacion/{yes.pk}/", {"answer": "accept"})
    client.post(f"/cuenta/invitacion/{no.pk}/", {"answer": "end"})
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.state, no.state) == ("activa", "terminada")


def test_invitation_answered_twice_says_so(client):
    membership = MembershipFactory(state="invitada")
    client.force_login(membership.user)
    services.end_membership(membership=membership, by=GesocFactory())
    page = client.post(f"/cuenta/invitacion/{membership.pk}/", {"answer": "accept"}, follow=True).content.decode()
    assert "así que no se puede hacer eso" in page
    assert Membership.objects.get().state == "terminada"


# -- the team of an organisation --------------------------------------------------------------------------------------


def team(organisation, more=""):
    return f"/organizaciones/{organisation.slug}/equipo/{more}"


def test_coordinator_invites_withdraws_and_ends(client, django_capture_on_commit_callbacks):
    coordinator = MembershipFactory(role="coordinacion")
    organisation = coordinator.organisation
    client.force_login(coordinator.user)
    data = {"email": "Nadia@Ejemplo.example", "full_name": "Nadia Ruiz", "role": "miembro"}
    assert client.post(team(organisation), data | {"email": "nadie"}).status_code == 422
    client.post(team(organisation), data)
    invited = Membership.objects.get(user__email="nadia@ejemplo.example")
    assert (invited.state, invited.role, invited.organisation) == ("invitada", "miembro", organisation)
    assert client.post(team(organisation), data).status_code == 422  # once is enough
    assert "Nadia Ruiz" in client.get(team(organisation)).content.decode()
    address = team(organisation, f"{invited.pk}/terminar/")
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "Se equivocó de dirección."})
    invited.refresh_from_db()
    assert invited.state == "terminada"
    assert client.get(address).status_code == 404
    member = MembershipFactory(organisation=organisation)
    client.post(team(organisation, f"{member.pk}/terminar/"), {"reason": "Cambió de trabajo."})
    member.refresh_from_db()
    assert member.state == "terminada"


def test_membership_of_another_organisation_is_not_ended_from_here(client):
    coordinator, stranger = MembershipFactory(role="coordinacion"), MembershipFactory()
    client.force_login(coordinator.user)
    address = team(coordinator.organisation, f"{stranger.pk}/terminar/")
    assert client.post(address, {"reason": "Porque sí."}).status_code == 404
    stranger.refresh_from_db()
    assert stranger.state == "activa"


@pytest.mark.parametrize("people", [1, 3])
def test_team_takes_the_same_queries_whatever_its_size(client, people, django_assert_num_queries):
    coordinator = MembershipFactory(role="coordinacion")
    for _person in range(people):
        MembershipFactory(organisation=coordinator.organisation)
    client.force_login(coordinator.user)
    client.get(team(coordinator.organisation))
    with django_assert_num_queries(5):  # session, person, organisation, right, team
        assert client.get(team(coordinator.organisation)).status_code == 200
