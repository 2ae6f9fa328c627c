"""JSON as publishers write it: numbers stay text, what is not of the sort that is asked for is empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets.ingest.readers.ocds_rules import Number
from datasets.ingest.shapes import UnreadableFile

Json = dict[str, Any]


def parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=lambda _name: None)
    except RecursionError as error:
        raise refused("deep_json", "El JSON tiene demasiados niveles, uno dentro de otro: no son contratos.") from error


def documents(path: Path) -> Iterator[Any]:
    """The values of a file: one JSON, or one a line. Raises `UnreadableFile` with the line where it is neither."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\0", "")
    try:
        whole = parsed(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith("{"):
            raise _damaged(error.lineno) from error
        yield from _by_lines(lines)
    else:
        yield whole


def _by_lines(lines: list[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        try:
            yield parsed(line)
        except json.JSONDecodeError as error:
            raise _damaged(number) from error


def _damaged(line: int) -> UnreadableFile:
    return refused("damaged_json", f"El JSON está dañado en la línea {line}. Descárgalo otra vez.")


def refused(code: str, sentence: str) -> UnreadableFile:
    return UnreadableFile(code, f"No se pudo leer el archivo. {sentence}")


def storable(text: str) -> str:
    """JSON can escape what is no character: NUL, and halves of pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def name_of(party: Json) -> str:
    return text_of(party.get("name")) or text_of(dict_of(party.get("identifier")).get("legalName"))


def money_of(value: Any) -> dict[str, str]:
    money = dict_of(value)
    amount = text_of(money.get("amount"))
    return {"amount": amount, "currency": text_of(money.get("currency"))} if amount else {}


def day_of(value: Any) -> str:
    return text_of(value)[:10]


def first_of(*values: Any) -> str:
    """The first text that says something; a lone point was typed to please a form."""
    return next((text for value in values if len(text := text_of(value)) > 1), "")


def text_of(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def texts_of(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]


def dict_of(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def dicts_of(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
