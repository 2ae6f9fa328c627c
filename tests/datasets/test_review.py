"""The review page: decisions are tried out before they are saved; a load can be sent back; many rejects need a reason."""

import pytest

from datasets import services
from datasets.ingest import pipeline
from datasets.models import Ingest, Release, ReviewStep
from datasets.releases import NotAllowedNow
from datasets.rereading import confirm_mapping
from tests.datasets.files import ABOUT, BAD_ROW, HEADINGS, ROWS, member, upload
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db

AMBIGUOUS = "Capítulo,Concepto,Aprobado\n1000,Servicios personales,1.234\n2000,Materiales,2.500\n"
WITH_NOTE_ROW = HEADINGS + ROWS + '9000,Ajuste del redondeo,"100.00",100.00,0.00,0.00\n'


def address(ingest, more=""):
    return f"/datos/cargas/{ingest.pk}/{more}"


def form_of(client, ingest, **changes):
    """What a browser would send back unchanged, and the changes."""
    context = client.get(address(ingest, "columnas/")).context
    data = {"shown": context["shown"]}
    for form in (context["answers"].shown(), context["reading"], context["columns"]):
        data |= {field.html_name: field.value() or "" for field in form}
    return data | changes


def handed_in(client, text, role="coordinacion", **said):
    user, organisation = member(role)
    client.force_login(user)
    return upload(text, by=user, organisation=organisation, **(ABOUT | said))


def read_again(ingest):
    again = Ingest.objects.exclude(pk=ingest.pk).get()
    pipeline.run_ingest(again.pk)
    again.refresh_from_db()
    return again


@pytest.mark.parametrize(("mark", "total"), [(".", "3.73"), (",", "3734.00")])
def test_decimal_mark_that_the_file_leaves_open_is_answered_on_the_page(client, mark, total):
    ingest = handed_in(client, AMBIGUOUS)
    assert ingest.status == "needs_mapping"
    page = client.get(address(ingest, "columnas/")).content.decode()
    assert "1.234" in page
    client.post(address(ingest, "columnas/"), form_of(client, ingest, **{"mark-2": mark}))
    again = read_again(ingest)
    assert (again.status, again.report["totals"]) == ("ready", {"approved": total})
    assert again.profile.options == {"decimal": {"Aprobado": mark}}


def test_what_decisions_change_is_shown_before_anything_is_written(client):
    ingest = handed_in(client, WITH_NOTE_ROW)
    data = form_of(client, ingest, unit="1000", look="1") | {"left_out": ["5"]}
    context = client.post(address(ingest, "columnas/"), data).context
    counts = [(row.before, row.after) for row in context["effect"].counts]
    assert counts == [("4", "4"), ("4", "3"), ("0", "0"), ("0", "1")]
    sums = [(row.name, row.before, row.after, row.difference) for row in context["effect"].sums]
    assert sums[0] == ("Aprobado", "1,600.00", "1,500,000.00", "+1,498,400.00")
    states = {row.number: (row.state, row.chosen) for row in context["overlay"].rows}
    assert states == {
        1: ("heading", False),
        2: ("line", False),
        3: ("line", False),
        4: ("line", False),
        5: ("skipped", True),
    }
    assert (Ingest.objects.count(), Release.objects.count()) == (1, 1)


def test_rows_left_out_and_counted_are_kept_when_confirmed(client):
    text = HEADINGS + ROWS + ',Total,"1,500.00","1,650.00",700.00,500.50\n,Reintegro,10.00,10.00,0.00,0.00\n'
    ingest = handed_in(client, text)
    client.post(address(ingest, "columnas/"), form_of(client, ingest) | {"left_out": ["2"], "counted": ["5"]})
    again = read_again(ingest)
    assert again.options["reading"]["left_out"] == {"": [2]}
    assert again.report["totals"]["approved"] == "2010.00"
    assert again.report["skipped"] == {"by_person": 1}


def test_a_load_is_sent_back_and_handed_in_again(client):
    ingest = handed_in(client, HEADINGS + ROWS)
    author = ingest.created_by
    client.force_login(GesocFactory())
    assert client.post(address(ingest, "devolver/"), {"note": " "}).status_code == 422
    client.post(address(ingest, "devolver/"), {"note": "Falta el capítulo 6000."})
    ingest.refresh_from_db()
    assert ingest.status == "returned"
    with pytest.raises(NotAllowedNow):
        services.publish_ingest(ingest=ingest, by=author)
    client.force_login(author)
    page = client.get(address(ingest)).content.decode()
    assert "Falta el capítulo 6000." in page
    assert ingest.file.original_name in client.get("/datos/").content.decode()
    client.post(address(ingest, "entregar/"), {"note": "El municipio no tuvo obra."})
    ingest.refresh_from_db()
    assert ingest.status == "ready"
    client.post(address(ingest, "publicar/"))
    steps = [(step.step, step.note, step.by == author) for step in ReviewStep.objects.all()]
    assert steps == [
        ("returned", "Falta el capítulo 6000.", False),
        ("handed_in", "El municipio no tuvo obra.", True),
        ("published", "", True),
    ]


def test_note_of_a_review_is_not_public(client):
    ingest = handed_in(client, HEADINGS + ROWS)
    services.send_back(ingest=ingest, by=GesocFactory(), note="Esto queda entre nosotros.")
    services.hand_in_again(ingest=ingest, by=ingest.created_by, note="De acuerdo.")
    services.publish_ingest(ingest=ingest, by=GesocFactory())
    ingest.file.has_personal_data = False
    ingest.file.save()
    client.logout()
    page = client.get(address(ingest)).content.decode()
    assert "Esto queda entre nosotros." not in page
    assert ingest.created_by.full_name not in page


def test_more_than_one_reject_in_twenty_waits_for_a_reason(client):
    text = HEADINGS + ROWS * 3 + BAD_ROW * 5
    user, organisation = member("coordinacion")
    ingest = upload(text, by=user, organisation=organisation, publish=True, **ABOUT)
    assert (ingest.status, ingest.wants_publish) == ("ready", True)
    assert "many_rejected" in {issue["code"] for issue in ingest.report["issues"]}
    client.force_login(user)
    client.post(address(ingest, "publicar/"))
    ingest.refresh_from_db()
    assert ingest.status == "ready"
    client.post(address(ingest, "publicar/"), {"reason": "Son renglones de transferencias sin monto."})
    ingest.refresh_from_db()
    assert (ingest.status, ingest.excuse) == ("published", "Son renglones de transferencias sin monto.")
    assert ingest.releases.get().reason == ingest.excuse
    assert [step.step for step in ingest.review_steps.all()] == ["excused", "published"]


def test_profile_with_decisions_serves_the_next_file(client):
    ingest = handed_in(client, AMBIGUOUS)
    confirm_mapping(
        ingest=ingest,
        columns={"Capítulo": "chapter_code", "Concepto": "object_name", "Aprobado": "approved"},
        by=ingest.created_by,
        answers={"decimal": {"Aprobado": ","}, "unit": 1000},
    )
    text = AMBIGUOUS.replace("2.500", "7.000")
    following = upload(text, by=ingest.created_by, name="marzo.csv", **(ABOUT | {"year": 2023}))
    assert (following.status, following.report["totals"]) == ("ready", {"approved": "8234000.00"})
