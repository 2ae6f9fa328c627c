"""No sibling of a known layout loads other sums: it is read whole, or it stops and asks at most three things."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import fold
from datasets.ingest.numbers import NotAnAmount, to_decimal
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import RECORD_KINDS, Reading
from tests.datasets.sibling_seeds import SEEDS
from tests.datasets.siblings import VARIATIONS, Seed, write

MOST_QUESTIONS = 3
#: What a row is, however the file is printed.
IDENTITIES = (
    "object_code", "object_name", "cri_code", "revenue_name", "function_code", "unit_code", "unit_name", "programme_name",
    "contract_number", "supplier_name", "supplier_rfc", "date_signed", "creditor", "file_number", "resolved_on", "start_date",
)  # fmt: skip


def sums_of(reading: Reading, seed: Seed) -> dict[str, Decimal]:
    """In pesos; a cell that is no amount counts as a fault that no sum can have."""
    sums = dict.fromkeys(seed.amounts.values(), Decimal())
    for table in reading.tables:
        if table.kind != seed.kind:
            continue
        unit = table.unit if table.kind in RECORD_KINDS else 1
        for block in table.blocks():
            for name in sums.keys() & block.columns.keys():
                for text in filter(None, block.columns[name].to_pylist()):
                    try:
                        sums[name] += (to_decimal(text, table.decimal.get(name, ".")) or 0) * unit
                    except NotAnAmount:
                        sums[name] += Decimal("0.0000001")
    return sums


def identities(reading: Reading, kind: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for table in reading.tables:
        for block in table.blocks() if table.kind == kind else ():
            for name in set(IDENTITIES) & block.columns.keys():
                found.setdefault(name, Counter()).update(map(same_text, filter(None, block.columns[name].to_pylist())))
    return found


def same_text(text: str) -> str:
    return str(parse_date(text) or fold(text))


def faults(seed: Seed, sibling: Seed, plain: Reading, folder: Path) -> str:
    """What is read otherwise than the seed is, in words; '' when nothing is, or when the file asks first."""
    path = write(sibling, folder)
    reading = read_file(path, name=path.name)
    if reading.questions:
        return f"{len(reading.questions)} questions" if len(reading.questions) > MOST_QUESTIONS else ""
    if reading.kind != seed.kind:
        return f"taken for {reading.kind}"
    if (sums := sums_of(reading, seed)) != seed.expected:
        return f"sums {sums} instead of {seed.expected}"
    if identities(reading, seed.kind) != identities(plain, seed.kind):
        return f"rows {identities(reading, seed.kind)} instead of {identities(plain, seed.kind)}"
    context = reading.tables[0].context
    if sibling.quarter and (context.year, context.period) != (sibling.year, sibling.quarter):
        return f"dated {context.year} {context.period}"
    return ""


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_siblings_say_what_the_seed_says(seed, tmp_path):
    path = write(seed, tmp_path)
    plain = read_file(path, name=path.name)
    assert (plain.questions, sums_of(plain, seed)) == ([], seed.expected)
    found = {name: faults(seed, change(seed), plain, tmp_path) for name, change in VARIATIONS.items()}
    assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_sibling_goes_through_the_whole_pipeline(seed, tmp_path, ingest):
    """Two variations at once, drawn for each seed, through cleaning and loading: nothing rejected, the same sums."""
    dice = random.Random(seed.name)
    names = [
        dice.choice(("remarks", "percentage", "titled", "signed", "ragged")),
        dice.choice(("csv", "ods", "reordered", "xls")),
    ]
    sibling = seed
    for name in names:
        sibling = VARIATIONS[name](sibling)
    done = ingest(write(sibling, tmp_path), municipality="14120", year=2023, period="Q2")
    assert (done.status, done.report["rows_rejected"], done.error) == ("ready", 0, ""), names
    totals = {name: Decimal(value) for name, value in done.report["totals"].items()}
    if seed.kind == "contracts":
        assert totals == {"MXN": seed.expected[next(iter(seed.amounts.values()))]}
    else:
        assert {name: totals[name] for name in seed.expected} == seed.expected
