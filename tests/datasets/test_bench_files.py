"""The dirty files that speed is measured with are files like others: what is in them is known, however they are read."""

import subprocess
import sys

import pytest

from benchmarks.dirty_contracts import write_dirty_contracts
from benchmarks.ingest import LIMITS, judge
from benchmarks.scratch import Measure
from datasets.ingest import flow, reading
from datasets.ingest.readers import text
from datasets.models import Contract, Supplier

LINES = 2_000
FIELDS = (
    "line_no", "source_row", "contract_number", "title", "supplier_name", "amount", "signed_on", "method", "search_text",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("streamed", [False, True])
def test_dirty_contracts_are_loaded_but_for_the_two_that_say_nothing(ingest, tmp_path, monkeypatch, streamed):
    """One of them is rejected; the other names only a year and a place, and is left out."""
    if streamed:
        monkeypatch.setattr(flow, "RECORDS_AT_ONCE", 20_000)
        for module in (text, reading):
            monkeypatch.setattr(module, "MAX_GRID_BYTES", 100_000)
    path = tmp_path / "contratos.csv"
    write_dirty_contracts(path, LINES)
    done = ingest(path, kind="contracts", publish=True)
    assert (done.status, done.rows_read, done.rows_rejected) == ("published", LINES, 1)
    contracts = list(Contract.objects.order_by("line_no").values(*FIELDS))
    assert [one["line_no"] for one in contracts] == list(range(1, LINES - 1))
    assert [one["contract_number"][-5:] for one in contracts] == [
        f"{line:05}" for line in range(LINES) if line not in (40, 41)
    ]
    assert sum(one["amount"] is None for one in contracts) == 20 + 10  # dashes, and amounts in words
    assert sum(one["signed_on"] is None for one in contracts) == 10
    assert Supplier.objects.count() == len({one["supplier_name"] for one in contracts})
    assert not any("  " in one["title"] or "\n" in one["title"] for one in contracts)


def test_the_bench_ends_with_1_where_a_limit_is_not_kept(capsys):
    ours = Measure(rows=100, seconds=1, client_cpu=1, backend_cpu=1, peak_mb=256)
    slower = {name: Measure(100, least, 1, 1, 100) for name, least in LIMITS["expenditure"].items()}
    assert judge("expenditure", {"our ingest": ours, **slower}) == 0
    assert judge("expenditure", {"our ingest": ours, **slower, "bulk_create": Measure(100, 14, 1, 1, 100)}) == 1
    assert "OVER: 14.00 times as fast as bulk_create, aim 15" in capsys.readouterr().out
    fat = Measure(rows=100, seconds=1, client_cpu=1, backend_cpu=1, peak_mb=257)
    assert judge("expenditure", {"our ingest": fat, **slower}) == 1


def test_reading_a_file_does_not_load_pandas():
    code = (
        "import sys, datasets.ingest, pyarrow as pa; pa.array(['x']); assert 'pandas' not in sys.modules; import pandas"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
