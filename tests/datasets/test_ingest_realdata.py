"""Published files through the whole pipeline: the sums that a careful person reads (shared data, never in the repository)."""

from pathlib import Path
from typing import Any

import pytest

from datasets.models import Contract, ExpenditureCell, ExpenditureLine, Release

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]

TANHUATO = {
    "approved": "67244778.00", "modified": "73090273.55", "committed": "14661006.67", "accrued": "14661006.67",
    "exercised": "14661006.67", "paid": "14534925.67",
}  # fmt: skip
INAEBA_2018 = {
    "approved": "302123038.51", "adjustments": "50704017.73", "modified": "352827056.24", "committed": "130632933.08",
    "accrued": "116525652.41", "exercised": "116525652.41", "paid": "113877328.91",
}  # fmt: skip


@pytest.fixture
def read(ingest: Any, realdata_dir: Path) -> Any:
    def run(name: str, **said: Any) -> dict[str, Any]:
        done = ingest(realdata_dir / name, **said)
        return {"status": done.status, "error": done.error} | done.report

    return run


@pytest.mark.parametrize("name", ["estado_ejercicio_cog", "sipot_gasto_capitulo"])
def test_tanhuato_first_quarter_2019(read, name: str) -> None:
    result = read(f"budget/mich_tanhuato_2019q1_{name}.xlsx", municipality="16086", publish=True)
    assert (result["status"], result["year"], result["period"]) == ("published", 2019, "Q1")
    assert result["totals"] == TANHUATO
    assert {one["difference"] for one in result["control"]} <= {"0.00"}
    chapters = ExpenditureCell.objects.filter(by="chapter")
    assert chapters.count() == 7
    assert f"{sum(cell.approved for cell in chapters)}" == TANHUATO["approved"]


def test_inaeba_second_quarter_2018(read) -> None:
    result = read("budget/gto_inaeba_2018q2_6_6_cog.xlsx", publish=True)
    assert (result["status"], result["totals"], result["municipality"]) == ("published", INAEBA_2018, None)


def test_inaeba_2016_gives_one_release_a_classification_and_nothing_adds_them(read) -> None:
    result = read("budget/gto_inaeba_2016q4_diciembre_definitivo.xlsx", publish=True)
    totals = {one["breakdown"]: one["totals"] for one in result["slices"] if one["kind"] == "expenditure"}
    assert {"administrative", "economic", "object", "functional"} <= totals.keys()
    same = [totals[name] for name in ("administrative", "economic", "object", "functional")]
    moments = ("approved", "modified", "accrued", "paid")
    assert [{moment: one[moment] for moment in moments} for one in same] == [
        {"approved": "243878154.85", "modified": "255439307.36", "accrued": "249049372.98", "paid": "236334227.82"}
    ] * 4
    assert {moment: result["totals"][moment] for moment in moments} == {moment: same[0][moment] for moment in moments}


@pytest.mark.parametrize(("year", "total"), [(2020, "39391602475.00"), (1999, "8246277500.00")])
def test_efipem_every_borough_its_own_slice(read, year: int, total: str) -> None:
    result = read(f"budget/inegi_efipem_alcaldia_anual_tr_cifra_{year}.csv", publish=True)
    assert (result["status"], result["totals"], len(result["slices"])) == ("published", {"reported": total}, 16)
    assert {one["municipality"] for one in result["slices"]} == {f"09{number:03}" for number in range(2, 18)}
    assert not ExpenditureLine.objects.exclude(approved=None, accrued=None, paid=None).exists()


def test_direct_awards_of_hidalgo(read) -> None:
    result = read("procurement/hgo_ceaa_4to2021_a69_f28_b.xlsx", public_body="ceaa-hidalgo", publish=True)
    assert (result["status"], result["rows_loaded"], result["publisher"]) == ("published", 57, "ceaa-hidalgo")
    assert set(Contract.objects.values_list("method", flat=True)) == {"direct"}


@pytest.mark.parametrize(
    ("years", "rows", "currencies"),
    [
        ("2010_2012_150514080257", 398, {"MXN"}),  # one row stands twice, alike in every cell
        ("2013_150514080004", 399, {"MXN", "USD"}),
        ("2015_150514075424", 397, {"MXN", "USD", "XXX"}),
    ],
)
def test_compranet_contracts_by_buyer_and_currency(read, years: str, rows: int, currencies: set[str]) -> None:
    result = read(f"procurement/compranet_sample_Contratos{years}.csv", publish=True)
    assert (result["status"], result["rows_loaded"], set(result["totals"])) == ("published", rows, currencies)
    buyers = Release.objects.values("public_body").distinct().count()
    assert buyers > 1 and result["publisher"] is None


def test_empty_template_is_zero_rows_and_no_error(read) -> None:
    result = read("procurement/mich_tanhuato_2018_sipot_licitaciones_vacio.xlsx", publish=True)
    assert (result["status"], result["kind"], result["rows_loaded"], result["error"]) == ("ready", "contracts", 0, None)


OTHER_KINDS = ("proveedores_2015", "padron", "f31_b", "ocds_plantilla")


def test_every_file_ends_in_a_result_that_adds_up(ingest, realdata_dir: Path) -> None:
    """No file of any shape breaks the pipeline, none is half-written, and what is not of our kinds is never given figures."""
    for path in sorted((realdata_dir / "budget").iterdir()) + sorted((realdata_dir / "procurement").glob("*.*")):
        done = ingest(path, public_body="prueba")
        report = done.report
        assert done.status in ("ready", "needs_mapping"), (path.name, done.status, done.error)
        if done.status == "ready":
            counted = report["rows_loaded"] + report["rows_rejected"] + report["rows_skipped"]
            assert report["rows_read"] == counted, path.name
        if any(part in path.name for part in OTHER_KINDS):
            assert (done.status, report["kind"], report["totals"]) == ("needs_mapping", None, {}), path.name
