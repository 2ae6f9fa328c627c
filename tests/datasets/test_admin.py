"""The administration of files: everything can be looked at, decisions go through services and leave their reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datasets.models import (
    Ingest,
    Label,
    MappingProfile,
    MappingProfileEvent,
    PublicBody,
    PublicBodyEvent,
    Release,
    ReleaseEvent,
    RowIssue,
    Source,
)
from gesoc.common.admin import AtMost
from partners import services
from partners.models import User
from tests.factories.datasets import (
    IngestFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SupplierFactory,
    class_node,
    label,
)
from tests.factories.partners import AdminFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = AdminFactory()
    client.force_login(user)
    return user


@pytest.fixture
def gesoc(client):
    services.ensure_groups()
    user = services.create_user(email="equipo@gesoc.example", full_name="Equipo", is_gesoc=True, by=None)
    client.force_login(User.objects.get(pk=user.pk))
    return user


def agency(n):
    return PublicBodyFactory(
        kind="municipal_agency", municipality=None, name=f"Sistema de Aguas {n}", slug=f"aguas-{n}", confirmed=False
    )


def fill(n):
    """One more row in every list."""
    release = ReleaseFactory(public_body=agency(n), year=2000 + n, ingest__file__uploaded_by=AdminFactory())
    RowIssue.objects.create(
        ingest=release.ingest, severity="error", code="amount", message="No es un número", value="x"
    )
    MappingProfile.objects.create(
        name=f"Perfil {n}", slug=f"perfil-{n}", kind="expenditure", columns={}, source=release.ingest.file.source
    )
    class_node("object", f"{n}000", "Servicios personales")
    label("unit", f"Tesorería {n}")
    SupplierFactory()
    return release


MODELS = [
    "publicbody", "source", "sourcefile", "ingest", "rowissue", "release", "mappingprofile", "classnode", "label",
    "supplier", "releaseevent", "publicbodyevent", "mappingprofileevent",
]  # fmt: skip
ADDED_BY_HAND = {"publicbody", "source"}


def newest(model):
    from django.apps import apps

    return apps.get_model("datasets", model).objects.order_by("-pk").first().pk


@pytest.mark.parametrize("who", ["admin", "gesoc"])
@pytest.mark.parametrize("model", MODELS)
def test_every_page_answers(request, client, who, model):
    request.getfixturevalue(who)
    fill(1)
    base = f"/admin/datasets/{model}"
    assert client.get(f"{base}/").status_code == 200
    assert client.get(f"{base}/?q=aguas").status_code == 200
    assert client.get(f"{base}/?q=12").status_code == 200
    assert client.get(f"{base}/{newest(model)}/change/").status_code == 200
    assert client.get(f"{base}/{newest(model)}/history/").status_code == 200
    assert client.get(f"{base}/add/").status_code == (200 if model in ADDED_BY_HAND else 403)
    assert client.post(f"{base}/{newest(model)}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_a_constant_number_of_times(client, admin, model, django_assert_num_queries):
    fill(1)
    client.get(f"/admin/datasets/{model}/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/admin/datasets/{model}/")
    fill(2)
    fill(3)
    with django_assert_num_queries(len(one)):
        page = client.get(f"/admin/datasets/{model}/")
    assert page.context["cl"].result_count >= 3


def test_lists_filter_and_search(client, admin):
    release = fill(1)
    ReleaseFactory(public_body=agency(2), status="draft")

    def found(model, **query):
        return [row.pk for row in client.get(f"/admin/datasets/{model}/", query).context["cl"].result_list]

    assert found("release", q="AGUAS 1") == [release.pk]
    assert found("release", status__exact="published") == [release.pk]
    assert found("rowissue", q=str(release.ingest_id)) == [RowIssue.objects.get().pk]
    assert found("rowissue", q="no es un número de carga") == []
    assert found("label", q="Tesorería 1") == [Label.objects.get(name="Tesorería 1").pk]
    assert len(found("supplier", q="constructora numero")) == 1
    assert found("publicbody", confirmed__exact="1") == []


def test_pages_stop_counting_at_ten_thousand(monkeypatch):
    monkeypatch.setattr(AtMost, "LIMIT", 2)
    for n in range(3):
        label("unit", f"Tesorería {n}")
    assert AtMost(Label.objects.order_by("id"), 50).count == 2


def act(client, model, action, *rows, **data):
    data |= {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/datasets/{model}/", data, follow=True)


def trail(event_model, obj):
    events = event_model.objects.filter(pgh_obj=obj.pk).select_related("pgh_context").order_by("pgh_id")
    return [(e.pgh_label, getattr(e, "status", ""), (e.pgh_context.metadata if e.pgh_context else {})) for e in events]


@pytest.mark.parametrize("who", ["admin", "gesoc"])
def test_release_is_withdrawn_and_restored_with_a_reason(request, client, who):
    user = request.getfixturevalue(who)
    release = ReleaseFactory(public_body=agency(1))
    assert "Motivo" in act(client, "release", "withdraw", release).content.decode()
    release.refresh_from_db()
    assert release.status == Release.Status.PUBLISHED
    act(client, "release", "withdraw", release, reason="El municipio la corrigió")
    release.refresh_from_db()
    assert (release.status, release.reason, release.published_by) == ("withdrawn", "El municipio la corrigió", user)
    act(client, "release", "restore", release, reason="Era correcta")
    release.refresh_from_db()
    assert release.status == Release.Status.PUBLISHED
    steps = [
        (label, status, note.get("action"), note.get("user"), note.get("reason"))
        for label, status, note in trail(ReleaseEvent, release)
    ]
    assert steps[1:] == [
        ("update", "withdrawn", "withdraw", user.pk, "El municipio la corrigió"),
        ("update", "published", "restore", user.pk, "Era correcta"),
    ]


def test_step_that_is_not_possible_is_told(client, admin):
    release = ReleaseFactory(public_body=agency(1), status="draft")
    page = act(client, "release", "withdraw", release, reason="Porque sí").content.decode()
    release.refresh_from_db()
    assert release.status == Release.Status.DRAFT
    assert "Nada cambió" in page


def test_drafts_of_one_reading_are_published_together(client, admin):
    ingest = IngestFactory(status=Ingest.Status.READY, rows_loaded=2)
    first = ReleaseFactory(public_body=agency(1), ingest=ingest, status="draft")
    second = ReleaseFactory(public_body=agency(2), ingest=ingest, status="draft")
    act(client, "release", "publish", first, second, reason="Revisada")
    assert set(Release.objects.values_list("status", flat=True)) == {"published"}
    ingest.refresh_from_db()
    assert ingest.status == Ingest.Status.PUBLISHED


def test_reading_is_published_from_its_list(client, gesoc):
    ingest = IngestFactory(status=Ingest.Status.READY, rows_loaded=1)
    release = ReleaseFactory(public_body=agency(1), ingest=ingest, status="draft")
    act(client, "ingest", "publish", ingest, reason="Revisada")
    release.refresh_from_db()
    assert (release.status, release.published_by) == ("published", gesoc)


def test_body_is_confirmed_once_its_kind_is_known(client, gesoc):
    unknown = PublicBodyFactory(kind="unknown", municipality=None, name="Patronato", confirmed=False)
    known = agency(1)
    page = act(client, "publicbody", "confirm", unknown, known).content.decode()
    unknown.refresh_from_db()
    known.refresh_from_db()
    assert (unknown.confirmed, known.confirmed) == (False, True)
    assert "Di primero qué tipo de ente es" in page
    assert trail(PublicBodyEvent, known)[-1][2]["action"] == "confirm_public_body"


def test_corrected_name_keeps_the_key_by_which_files_find_the_body(client, gesoc):
    body = agency(1)
    key = body.name_key
    data = {"name": "Sistema Municipal de Aguas", "slug": body.slug, "kind": body.kind, "confirmed": "on"}
    assert client.post(f"/admin/datasets/publicbody/{body.pk}/change/", data).status_code == 302
    body.refresh_from_db()
    assert (body.name_key, body.search_text) == (key, "sistema municipal de aguas")


def test_second_government_of_a_municipality_is_refused(client, gesoc):
    government = PublicBodyFactory()
    data = {"name": "Otro", "slug": "otro", "kind": "municipality", "municipality": government.municipality_id}
    response = client.post("/admin/datasets/publicbody/add/", data)
    assert response.status_code == 200
    assert PublicBody.objects.count() == 1


def test_person_without_the_right_finds_no_action(client):
    """May look at releases, but neither staff of GESOC nor administrator."""
    from django.contrib.auth.models import Permission

    user = MembershipFactory(user__is_staff=True).user
    user.user_permissions.add(Permission.objects.get(codename="view_release"))
    client.force_login(user)
    release = ReleaseFactory(public_body=agency(1))
    assert client.get("/admin/datasets/release/").status_code == 200
    act(client, "release", "withdraw", release, reason="Porque sí")
    release.refresh_from_db()
    assert release.status == Release.Status.PUBLISHED


def test_source_is_added_by_hand(client, gesoc):
    data = {"name": "Cuenta pública", "slug": "cuenta", "publisher_name": "Tesorería", "url": "", "licence": ""}
    assert client.post("/admin/datasets/source/add/", data).status_code == 302
    assert Source.objects.get(slug="cuenta").publisher_name == "Tesorería"


def test_history_shows_author_action_and_reason(client, admin):
    body = agency(1)
    act(client, "publicbody", "confirm", body)
    page = client.get("/admin/datasets/publicbodyevent/").content.decode()
    assert admin.full_name in page
    assert "confirm_public_body" in page
    assert MappingProfileEvent.objects.count() == 0
    assert PublicBodyEvent.objects.latest("pgh_id").pgh_created_at <= timezone.now()
