"""What is written while something else goes on, or many at once: the same as one after the other."""

import threading

import pytest

from datasets.ingest import pipeline, targets
from datasets.ingest.load import meanwhile
from datasets.models import Release, RowIssue

BODIES = ("05035", "05030", "05018", "05004", "05017")


def test_work_and_what_goes_on_meanwhile_both_end():
    done = threading.Event()
    with meanwhile(done.set):
        assert done.wait(5)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_running_by_an_error(error):
    may_end, done = threading.Event(), []

    def work():
        may_end.wait(5)
        done.append(True)

    with pytest.raises(error), meanwhile(work):
        threading.Timer(0.05, may_end.set).start()
        raise error
    assert done == [True]


def test_an_error_of_the_work_is_told():
    def work():
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"), meanwhile(work):
        pass


def contents():
    releases = Release.objects.order_by("public_body", "year")
    issues = RowIssue.objects.order_by("line_no", "code")
    return (
        list(releases.values_list("public_body", "year", "line_count", "totals", "headings", "status")),
        list(issues.values_list("code", "line_no", "column", "value", "raw")),
    )


@pytest.mark.django_db
def test_releases_and_rejects_are_the_same_however_many_are_written_at_once(ingest, write, monkeypatch):
    rows = ["Ejercicio,Clave Municipio,Partida,Aprobado"]
    for year in range(2015, 2025):
        for place in BODIES:
            rows += [f"{year},{place},{code},{amount}" for code in (1131, 2111, 3111) for amount in ("10.00", "7.50")]
            rows.append(f"{year},{place},6141,{'ver anexo' if place == BODIES[0] else '1.00'}")
    found = []
    for in_hand, at_once in ((1_000, 200), (0, 1), (2, 3)):
        monkeypatch.setattr(pipeline, "MOST_IN_HAND", in_hand)
        monkeypatch.setattr(pipeline, "MOST_WAITING", at_once)
        monkeypatch.setattr(targets, "AT_ONCE", at_once)
        done = ingest(write("gasto.csv", "\n".join(rows)), publish=True)
        assert (done.status, done.rows_rejected) == ("published", 10), done.report
        found.append(contents())
        Release.objects.all().delete()
        RowIssue.objects.all().delete()
        done.delete()
    assert len(found[0][0]) == 50
    assert found[1:] == found[:1] * 2
