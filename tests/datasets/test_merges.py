"""One supplier under several spellings: suggested with reasons, put together by a person, and taken apart again."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from datasets import selectors
from datasets.indicators.inputs import awards_of
from datasets.likeness import Known, judge, public_suppliers, rfc_is_sound, suggestions
from datasets.merges import merge_suppliers, undo_merge
from datasets.models import Contract, ContractCell, SupplierMerge, SupplierTotal
from datasets.releases import publish_releases
from tests.datasets.dashboards import csv_of, queries_of
from tests.datasets.test_suppliers import company, listed, published
from tests.factories import datasets as make
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db
WHY = "El mismo RFC en el acta constitutiva."


@pytest.fixture
def two():
    """The same firm with and without RFC, and somebody else; contracts of 100, 200 and 300 pesos."""
    sound = company("Pavimentos del Norte SA de CV", name_key="pavimentos del norte", rfc="PNO010230EC0")
    bare = company("PAVIMENTOS DEL NORTE", name_key="pavimentos del norte", rfc="", is_natural_person=None)
    other = company("Luz y Fuerza", name_key="luz y fuerza", rfc="LFU010230AB3")
    release = published(suppliers=[sound, bare, other])
    return sound, bare, other, release


def directory():
    return [(one.supplier.name, one.contracts, one.amount) for one in selectors.supplier_totals()]


APART = [
    ("Luz y Fuerza", 1, Decimal(300)),
    ("PAVIMENTOS DEL NORTE", 1, Decimal(200)),
    ("Pavimentos del Norte SA de CV", 1, Decimal(100)),
]
TOGETHER = [("Pavimentos del Norte SA de CV", 2, Decimal(300)), ("Luz y Fuerza", 1, Decimal(300))]


def rows():
    return list(Contract.objects.order_by("line_no").values()), list(ContractCell.objects.order_by("key").values())


def test_merge_is_followed_everywhere_and_undone_without_a_trace_in_the_rows(two, client):
    sound, bare, other, release = two
    before = rows()
    assert directory() == APART
    by = GesocFactory()
    merge = merge_suppliers(supplier=bare, into=sound, by=by, reason=WHY)
    assert sorted(directory()) == sorted(TOGETHER)
    page = client.get(sound.get_absolute_url())
    assert page.context["stats"][0]["value"] == "$300"
    assert [one.name for one in page.context["spellings"]] == ["PAVIMENTOS DEL NORTE", "Pavimentos del Norte SA de CV"]
    assert WHY in page.content.decode() and str(by) not in page.content.decode()
    moved = client.get(bare.get_absolute_url() + "?moneda=MXN")
    assert (moved.status_code, moved["Location"]) == (302, sound.get_absolute_url() + "?moneda=MXN")
    assert len(csv_of(client.get(sound.get_absolute_url() + "?formato=csv"))) == 3
    assert len(client.get("/proveedores/?q=pavimentos").context["page"]) == 1
    assert len(client.get("/api/v1/contracts/", {"supplier": sound.rfc}).json()["results"]) == 2
    assert {row["supplier"]["rfc"] for row in client.get("/api/v1/contracts/").json()["results"]} == {
        sound.rfc,
        other.rfc,
    }
    sums = selectors.ContractSums([release], [release], version=0).suppliers("MXN")
    assert [(one.key, one.amount, one.line_count) for one in sums] == [
        (key, Decimal(300), n) for key, n in sorted([(str(sound.pk), 2), (str(other.pk), 1)])
    ]
    top = selectors.top_suppliers(releases=[release], limit=1)
    assert [(one.key, one.amount) for one in top] == [(sums[0].key, Decimal(300))]
    by_key = {one.key: one.line_count for one in selectors.contract_totals(releases=[release], by="supplier")}
    assert by_key == {str(sound.pk): 2, str(other.pk): 1}
    assert {one.supplier for one in awards_of(release.public_body, 2024).lines} == {sound.number, other.number}
    assert rows() == before
    undo_merge(merge=merge, by=by, reason="Son dos: otra ciudad.")
    assert directory() == APART
    assert client.get(bare.get_absolute_url()).status_code == 200
    assert rows() == before
    merge.refresh_from_db()
    assert (merge.undone_by, merge.undone_reason) == (by, "Son dos: otra ciudad.")


def test_lists_published_later_are_counted_with_the_identity(two):
    sound, bare, _other, _release = two
    merge_suppliers(supplier=bare, into=sound, by=GesocFactory(), reason=WHY)
    later = listed(year=2025, suppliers=[bare])
    publish_releases(ids=[later.pk], by=None)
    total = SupplierTotal.objects.get(supplier=sound)
    assert (total.contracts, total.amount, total.first_year, total.last_year) == (3, Decimal(400), 2024, 2025)
    assert not SupplierTotal.objects.filter(supplier=bare).exists()


def test_what_may_not_be_merged_says_so(two):
    sound, bare, other, _release = two
    by = GesocFactory()
    with pytest.raises(ValidationError, match="dos proveedores distintos"):
        merge_suppliers(supplier=sound, into=sound, by=by, reason=WHY)
    with pytest.raises(ValidationError, match="por qué"):
        merge_suppliers(supplier=bare, into=sound, by=by, reason="  ")
    merge = merge_suppliers(supplier=bare, into=sound, by=by, reason=WHY)
    with pytest.raises(ValidationError, match="ya se cuenta con otro"):
        merge_suppliers(supplier=bare, into=other, by=by, reason=WHY)
    with pytest.raises(ValidationError, match="Con este proveedor se cuentan otros"):
        merge_suppliers(supplier=sound, into=other, by=by, reason=WHY)
    undo_merge(merge=merge, by=by, reason=WHY)
    with pytest.raises(ValidationError, match="ya se deshizo"):
        undo_merge(merge=merge, by=by, reason=WHY)
    with pytest.raises(IntegrityError, match="supplier_merge_of_two"), transaction.atomic():
        SupplierMerge.objects.create(supplier=sound, into=sound, reason=WHY)


def test_pages_of_gesoc_suggest_preview_merge_and_undo(two, client):
    sound, bare, _other, _release = two
    assert client.get("/proveedores/uniones/").status_code == 302
    client.force_login(GesocFactory())
    page = client.get("/proveedores/uniones/")
    [like] = list(page.context["page"])
    assert (like.one.pk, like.into.pk, like.score) == (bare.pk, sound.pk, 90)
    address = f"/proveedores/uniones/nueva/?de={bare.number}&con={sound.number}"
    assert f'value="{sound.number}"' in client.get(sound.get_absolute_url()).content.decode()
    pasted = f"/proveedores/uniones/nueva/?de=http://sitio{bare.get_absolute_url()}?moneda=MXN&con={sound.number}"
    assert client.get(pasted).context["one"] == bare
    preview = client.get(address)
    assert [side["contracts"] for side in preview.context["sides"]] == ["1", "1"]
    assert preview.context["together"]["contracts"] == "2"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": WHY})["Location"] == sound.get_absolute_url()
    assert "ya se cuenta con otro" in client.post(address, {"reason": WHY}).content.decode()
    assert not client.get("/proveedores/uniones/").context["rows"]
    merge = SupplierMerge.objects.get()
    client.post(f"/proveedores/uniones/{merge.pk}/deshacer/", {"reason": "Me equivoqué."})
    assert directory() == APART
    assert client.get("/proveedores/uniones/nueva/?de=x&con=9999").status_code == 404


def test_list_of_suggestions_takes_the_same_queries_whatever_its_length(two, client, django_assert_num_queries):
    client.force_login(GesocFactory())
    one = queries_of(client, "/proveedores/uniones/")
    more = [company(f"Obras {n} SA", name_key=f"obras del valle {n}", rfc="") for n in "ab"]
    more += [company(f"Obras {n}", name_key=f"obras del valle {n}", rfc=f"OVA01023{n}AB1") for n in "01"]
    published(year=2023, suppliers=more)
    assert queries_of(client, "/proveedores/uniones/") == one
    assert make.SupplierFactory._meta.model.objects.count() == 7


def known(pk, key, rfc="", natural=False, contracts=1):
    return Known(pk, pk, key.title(), key, rfc, natural, contracts, Decimal(100))


@pytest.mark.parametrize(
    ("one", "into", "score"),
    [
        (known(1, "obras del bajio"), known(2, "obras del bajio", "SAT970701NN3"), 90),
        (
            known(1, "servicios sat", "SAT970702NN3"),
            known(2, "servicios sat", "SAT970701NN3"),
            95,
        ),  # one digit mistyped
        (known(1, "obras bajio del"), known(2, "obras del bajio"), 80),
        (known(1, "constructora huasteca"), known(2, "constructora huazteca"), 70),
        (known(1, "obras del bajio 1"), known(2, "obras del bajio 2"), None),  # numbered firms are two
        (known(1, "obras del bajio"), known(2, "obras del norte"), None),
        (known(1, "obras", "SAT970701NN3"), known(2, "obras", "GODE561231GR8", True), None),  # two sound RFCs
        (known(1, "maria lopez", "", True), known(2, "maria lopez", "GODE561231GR8", True), None),  # people share names
    ],
)
def test_likeness_is_ranked_and_two_sound_rfcs_are_two(one, into, score):
    found = judge(one, into)
    assert (found.score if found else None) == score
    assert [like.score for like in suggestions([one, into])] == ([score] if score else [])


def test_check_digit_of_an_rfc():
    assert [rfc for rfc in ("SAT970701NN3", "GODE561231GR8", "SAT970701NN4", "SAT", "ñ") if rfc_is_sound(rfc)] == [
        "SAT970701NN3",
        "GODE561231GR8",
    ]


def test_only_public_suppliers_are_compared(two):
    listed(suppliers=[company("Solo en borrador", name_key="solo en borrador")])
    assert {one.key for one in public_suppliers()} == {"pavimentos del norte", "luz y fuerza"}
