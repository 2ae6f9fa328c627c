"""Rollup cells of freshly loaded releases, made from the partial sums of the load and not by reading the lines again."""

from __future__ import annotations

from datasets.ingest.shapes import MOMENTS
from datasets.ingest.totals import PART_BY

_CELLS = {"expenditure": "datasets_expenditurecell", "revenue": "datasets_revenuecell"}
# cell dimension -> (dimension of the partial sums, SQL for its key from the label)
_OBJECT_KEYS = {
    "item": "l.code",
    "concept": "CASE WHEN l.code = '' THEN '' ELSE left(l.code, 2) || '00' END",
    "chapter": "CASE WHEN l.code = '' THEN '' ELSE left(l.code, 1) || '000' END",
}
_OWN_KEY = "CASE WHEN l.code = '' OR length(l.code) > 20 THEN l.id::text ELSE l.code END"
_REVENUE_KEYS = {
    "rubro": "left(l.code, 1)",
    "type": "left(l.code, 2)",
    "item": _OWN_KEY,
}


def part_table(kind: str) -> str:
    """Temporary, one a kind: a workbook may hold both revenue and expenditure."""
    return f"cell_part_{kind}"


def create_parts(kind: str) -> str:
    """The temporary table of partial sums; gone with the transaction."""
    amounts = ", ".join(f"{moment} numeric(20,2)" for moment in MOMENTS[kind])
    table = part_table(kind)
    return (
        f"DROP TABLE IF EXISTS {table}; "
        f"CREATE TEMPORARY TABLE {table} (by smallint NOT NULL, public_body_id int NOT NULL, "
        f"release_id int NOT NULL, label_id bigint NOT NULL, line_count int NOT NULL, {amounts}) ON COMMIT DROP"
    )


def cell_statements(kind: str) -> list[str]:
    """One INSERT per dimension of the kind's cells."""
    if kind == "revenue":
        made = {by: ("revenue", key) for by, key in _REVENUE_KEYS.items()} | {"funding": ("funding", _OWN_KEY)}
    else:
        made = {by: ("object", key) for by, key in _OBJECT_KEYS.items()}
        made |= {by: (by, _OWN_KEY) for by in ("function", "unit", "economic", "funding", "programme")}
    return [_insert_cells(kind, by, PART_BY[part], key) for by, (part, key) in made.items()]


def _insert_cells(kind: str, by: str, part: int, key: str) -> str:
    moments = MOMENTS[kind]
    # The label stands for the cell only where the cell is one label; a chapter has its name from the classifier.
    return f"""
        INSERT INTO {_CELLS[kind]} (public_body_id, release_id, "by", key, label_id, line_count, {", ".join(moments)})
        SELECT p.public_body_id, p.release_id, '{by}', {key}, min(l.id), sum(p.line_count),
               {", ".join(f"sum(p.{moment})" for moment in moments)}
        FROM {part_table(kind)} p JOIN datasets_label l ON l.id = p.label_id
        WHERE p.by = {part}
        GROUP BY 1, 2, 4
    """  # noqa: S608


CONTRACT_CELLS = """
    INSERT INTO datasets_contractcell (public_body_id, release_id, "by", currency, key, line_count, amount)
    SELECT public_body_id, release_id, dimension, currency, key, count(*), sum(amount)
    FROM datasets_contract c
    CROSS JOIN LATERAL (VALUES
        ('method', c.method),
        ('month', coalesce(to_char(coalesce(c.signed_on, c.award_date, c.starts_on), 'YYYY-MM'), '')),
        ('supplier', coalesce(c.supplier_id::text, ''))
    ) AS part (dimension, key)
    WHERE release_id = ANY(%(releases)s)
    GROUP BY 1, 2, 3, 4, 5
"""


# What foreign keys would have refused. Every label and supplier that lines of an ingest name is in the list that the loader
# kept, so a look at the list (thousands) says as much as one at the lines (millions).
ORPHANS = {
    "labels": "SELECT count(*) FROM unnest(%s::bigint[]) used(id) "
    "WHERE NOT EXISTS (SELECT 1 FROM datasets_label l WHERE l.id = used.id)",
    "suppliers": "SELECT count(*) FROM unnest(%s::bigint[]) used(id) "
    "WHERE NOT EXISTS (SELECT 1 FROM datasets_supplier s WHERE s.id = used.id)",
}
