"""Which field each column of a table holds, and what its cells say."""

from __future__ import annotations

from dataclasses import dataclass, field

from datasets.ingest.layout import Area
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS

SAMPLE_ROWS = 400
OBJECT_CODES = ("chapter_code", "concept_code", "generic_item_code", "specific_item_code")


@dataclass(slots=True)
class ColumnMapping:
    """Columns of one area for one kind."""

    kind: str
    fields: dict[int, str] = field(default_factory=dict)  # column -> field
    confidence: dict[int, str] = field(default_factory=dict)  # column -> exact | similar | values | person
    repeated: dict[int, str] = field(default_factory=dict)  # a second column for a field already taken

    def column(self, name: str) -> int | None:
        return next((column for column, found in self.fields.items() if found == name), None)

    def has(self, *names: str) -> bool:
        return any(name in names for name in self.fields.values())

    @property
    def moments(self) -> dict[str, int]:
        amounts = MOMENTS[self.kind] or CONTRACT_AMOUNTS
        return {name: column for column, name in self.fields.items() if name in amounts}


def values_of(area: Area, column: int, limit: int = SAMPLE_ROWS) -> list[str]:
    found = []
    for row in range(area.first, min(area.end, area.first + 10 * limit)):
        text = area.grid.cell(row, column).strip()
        if text:
            found.append(text)
            if len(found) >= limit:
                break
    return found


def share(values: list[str], test: object) -> float:
    return sum(bool(test(value)) for value in values) / len(values) if values else 0.0  # type: ignore[operator]
