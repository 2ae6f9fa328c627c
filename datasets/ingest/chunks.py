"""Between cleaning and loading: what one block of a file became."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.labelbook import LabelRow, Labels

if TYPE_CHECKING:
    from datasets.ingest.binary import Rows
    from datasets.ingest.totals import LabelSums

# Fixed texts of the reasons why a row is not loaded: (message, hint), in Spanish, for a person who works with the file.
REASONS = {
    "bad_amount": (
        "No se entiende el monto.",
        "Escribe el monto en pesos, sin texto: 12,500.00. Si aún no existe, deja la celda vacía.",
    ),
    "decimal_comma": (
        "El monto usa coma decimal y el resto de la columna usa punto.",
        "Usa coma para miles y punto para decimales: 12,500.00",
    ),
    "unknown_municipality": (
        "La clave de municipio no existe en el catálogo del INEGI.",
        "Usa la clave de cinco dígitos, por ejemplo 05035 para Torreón.",
    ),
    "unknown_body": (
        "La fila no dice de qué institución es el dinero.",
        "Escribe el nombre de la institución o la clave de su municipio.",
    ),
    "bad_year": ("El año no es posible.", "Escribe el ejercicio con cuatro dígitos, por ejemplo 2024."),
    "unknown_year": ("La fila no dice de qué año es.", "Escribe el ejercicio con cuatro dígitos, por ejemplo 2024."),
    "bad_date": (
        "La fecha no existe o no se entiende, y la fila no dice el año de otra manera.",
        "Escribe la fecha como 31/12/2024.",
    ),
    "date_left_out": (
        "La fecha no existe o no se entiende: el renglón se cargó sin ella.",
        "Escribe la fecha como 31/12/2024, o deja la celda vacía.",
    ),
    "amount_in_words": (
        "El monto no es un número: el renglón se cargó sin monto.",
        "Escribe el monto en pesos, sin texto, o deja la celda vacía.",
    ),
    "empty_row": (
        "La fila no dice qué es: no tiene nombre, clave ni monto.",
        "Completa la fila o bórrala del archivo.",
    ),
    "empty_contract": (
        "La fila no tiene proveedor, número de contrato, objeto ni monto.",
        "Completa la fila o bórrala del archivo.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not loaded. `raw` is the row as read, {heading: text}."""

    code: str
    sheet: str
    row: int
    column: str
    value: str
    raw: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return REASONS[self.code][0]

    @property
    def hint(self) -> str:
        return REASONS[self.code][1]


@dataclass(slots=True)
class Amount:
    """A column of cents; `null` marks what was not published."""

    cents: npt.NDArray[np.int64]
    null: npt.NDArray[np.bool_]

    def take(self, keep: Any) -> Amount:
        return Amount(self.cents[keep], self.null[keep])


@dataclass(slots=True)
class Chunk:
    """The good rows of one block, ready to be written, and the bad ones, ready to be reported."""

    table: int
    slices: npt.NDArray[np.int32]
    line_no: npt.NDArray[np.int32]
    source_row: npt.NDArray[np.int32]
    last_row: npt.NDArray[np.int32]
    sheet_no: int  # index into the sheets met so far
    labels: dict[str, Labels] = field(default_factory=dict)
    amounts: dict[str, Amount] = field(default_factory=dict)  # as long as no label sums them up
    lines: Rows | None = None  # what COPY takes, made where the block was cleaned
    sums: dict[str, LabelSums] = field(default_factory=dict)  # by label kind, for the rollup cells
    fresh_labels: list[LabelRow] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)  # of the kinds whose rows are things
    summed: tuple[str, ...] = ()  # the amounts of records that add up; contracts add up by currency
    rejects: list[Reject] = field(default_factory=list)
    remarks: list[Reject] = field(default_factory=list)  # of the same make, but the row was loaded

    def __len__(self) -> int:
        return len(self.slices)
