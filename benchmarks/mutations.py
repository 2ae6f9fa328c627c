"""Files that nobody should publish, made from small ones of our own: broken, cut, swollen, crossed, poisoned.

`mutant(Random(seed))` is the same bytes for the same seed, so that what fails can be had again.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

EXAMPLES = Path(__file__).resolve().parent.parent / "datasets" / "demo" / "files"
BOOKS = ("torreon_contratos_2024.xlsx", "saltillo_cuenta_publica_2022.xlsx", "benito_juarez_avance_2024_t1.ods")
HEADINGS = "Ejercicio,Municipio,Partida,Concepto,Aprobado,Modificado,Devengado,Pagado\r\n"
LINES = [
    f'2024,Torreón,{code},"Concepto ""{code}"", niñez",{amount:.2f},"1,{amount:07.2f}",$ {amount},({amount})\r\n'
    for code, amount in zip(range(11301, 39901, 1100), range(100, 3000, 100), strict=False)
]
TOKENS = (
    b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\x00", b"\x00" * 50, b"\xef\xbb\xbf", b"\xff\xfe",
    b"\xfe\xff", b"\x1a", b"\x1b[2J", b"\xc3", b"\xed\xa0\x80", "\u202e".encode(), "\uff11\u0661".encode(),
    b"=cmd|'/c calc'!A1",    b"@SUM(1)", b"-1", b"1e308", b"1e-400", b"NaN", b"Infinity", b"-0", b"9" * 40, b"9" * 5_000, b"0x1F",
    b"1.234,56",
    b"1,234.56",    b"31/02/2024", b"2024-13-45", b"99999-99-99", b"#REF!", b"TOTAL", b"Total general", b"<script>", b"{{ 7*7 }}",
    b"\\N", b"\\.",
    b"' OR 1=1 --", b"../../etc/passwd", b"&x;", b"<!DOCTYPE a>", b"A" * 70_000,
)  # fmt: skip
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + "x" * 1_000 + '">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 20}">' for p, n in zip("abcdef", "bcdefg", strict=True))
    + "]><worksheet><sheetData><row><c><v>&g;</v></c></row></sheetData></worksheet>"
).encode()  # fmt: skip
FAR = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'


def csv_text() -> str:
    return HEADINGS + "".join(LINES)


def ocds() -> bytes:
    contract = {"id": "1", "awardID": "1", "value": {"amount": 1000.5, "currency": "MXN"}, "dateSigned": "2024-03-01"}
    award = {"id": "1", "suppliers": [{"id": "s", "name": "Papelería"}], "value": {"amount": 1000.5, "currency": "MXN"}}
    tender = {
        "id": "t",
        "title": "Papel",
        "procurementMethod": "direct",
        "procuringEntity": {"id": "b", "name": "Torreón"},
    }
    release: dict[str, Any] = {
        "ocid": "ocds-x-1",
        "id": "1",
        "date": "2024-03-01T00:00:00Z",
        "tag": ["contract"],
        "language": "es",
    }
    release |= {"initiationType": "tender", "tender": tender, "awards": [award], "contracts": [contract]}
    releases = [release | {"ocid": f"ocds-x-{n}"} for n in range(5)]
    package = {"uri": "https://a.example/", "version": "1.1", "publishedDate": "2024-03-01T00:00:00Z"}
    return json.dumps(package | {"publisher": {"name": "x"}, "releases": releases}, ensure_ascii=False).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def seeds() -> dict[str, bytes]:
    text = csv_text()
    found = {
        "gasto.csv": text.encode(),
        "gasto_latin.csv": text.encode("cp1252"),
        "gasto_16.csv": text.encode("utf-16"),
        "gasto.txt": text.replace(",", "\t").encode(),
        "contratos.json": ocds(),
        "contratos.jsonl": b"\n".join(json.dumps(one).encode() for one in json.loads(ocds())["releases"]),
    }
    return found | {name: (EXAMPLES / name).read_bytes() for name in BOOKS}


# -- bytes ---------------------------------------------------------------------------------------------------------


def flip(data: bytes, dice: Random) -> bytes:
    made = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 20, 200))):
        if made:
            made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    return bytes(made)


def cut(data: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def lose(data: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + data[start + dice.randrange(1, 2_000) :]


def repeat(data: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.randrange(1, 3_000)]
    return data[:start] + piece * dice.choice((2, 2, 10, 100)) + data[start:]


def insert(data: bytes, dice: Random) -> bytes:
    for _ in range(dice.choice((1, 2, 8))):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(TOKENS) + data[at:]
    return data


def cross(data: bytes, dice: Random) -> bytes:
    other = dice.choice(list(seeds().values()))
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (flip, cut, lose, repeat, insert, insert, cross)

# -- text ----------------------------------------------------------------------------------------------------------


def shuffle(data: bytes, dice: Random) -> bytes:
    """Cells of a line, and lines, in another order; ragged."""
    lines = data.split(b"\n")
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(lines))
        cells = lines[at].split(b",")
        dice.shuffle(cells)
        lines[at] = b",".join(cells[: dice.randrange(len(cells) + 1)] + [dice.choice(TOKENS)] * dice.randrange(3))
    if dice.random() < 0.3:
        dice.shuffle(lines)
    return b"\n".join(lines)


def wide(data: bytes, dice: Random) -> bytes:
    columns = dice.choice((300, 2_000, 10_000))
    lines = data.split(b"\n")
    at = 0 if dice.random() < 0.5 else dice.randrange(len(lines))
    lines[at] = b",".join([lines[at].strip(), *(b"Aprobado" for _ in range(columns))])
    return b"\n".join(lines)


def heavy(data: bytes, dice: Random) -> bytes:
    """One huge cell, closed or not."""
    at = data.find(b"\n", dice.randrange(len(data))) + 1
    cell = dice.choice((b"x", b"9", "ñ".encode(), b"\n", b'""')) * dice.choice((100_000, 1_000_000))
    return data[:at] + b'2024,"' + cell + dice.choice((b'",1\n', b"")) + data[at:]


TEXT = (*BYTES, shuffle, shuffle, wide, heavy)

# -- ZIP-based -----------------------------------------------------------------------------------------------------


def inside(data: bytes, dice: Random) -> bytes:
    """A member of the workbook mutated, and packed again as if nothing had been."""
    members = unzipped(data)
    parts = [name for name in members if name.endswith((".xml", ".rels"))]
    sheets = [name for name in parts if "sheet" in name.lower() or "content" in name] or parts
    name = dice.choice(sheets if dice.random() < 0.8 else parts)
    return zipped(members | {name: dice.choice(BYTES)(members[name], dice)})


def poison(data: bytes, dice: Random) -> bytes:
    members = unzipped(data)
    name = dice.choice([name for name in members if name.endswith(".xml")])
    worst = (ENTITIES, FAR, b"", b"<" * 10_000, b"<a>" * 30_000, b"\x00" * 1_000, members[name] * 2)
    return zipped(members | {name: dice.choice(worst)})


def drop(data: bytes, dice: Random) -> bytes:
    members = unzipped(data)
    del members[dice.choice(list(members))]
    return zipped(members)


BOOK = (*BYTES, inside, inside, inside, poison, drop)

# -- JSON ----------------------------------------------------------------------------------------------------------


def retype(data: bytes, dice: Random) -> bytes:
    """Some value replaced by one of another type."""
    strange = (
        "null",
        "[]",
        "{}",
        "true",
        '"x"',
        "1e999",
        "-1",
        "[[[]]]",
        '{"amount": {"amount": 1}}',
        '"\\u0000"',
        "[null]",
    )
    text = data.decode()
    for _ in range(dice.randrange(1, 5)):
        at = text.find(": ", dice.randrange(len(text)))
        end = min((found for mark in ",}]" if (found := text.find(mark, at)) > 0), default=len(text))
        if at > 0:
            text = f"{text[:at]}: {dice.choice(strange)}{text[end:]}"
    return text.encode()


def deep(data: bytes, dice: Random) -> bytes:
    opening, closing = dice.choice((("[", "]"), ('{"releases":', "}"), ('{"a":[', "]}")))
    depth = dice.choice((500, 20_000, 300_000))
    return (opening * depth + "1" + closing * dice.choice((depth, 0))).encode()


JSON = (*BYTES, retype, retype, retype, deep)


def mutant(dice: Random) -> tuple[str, bytes]:
    """A name and what is in the file of that name; now and then several mutations, or another ending."""
    name, data = dice.choice(list(seeds().items()))
    kinds = JSON if ".json" in name else BOOK if name in BOOKS else TEXT
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        try:
            data = dice.choice(kinds)(data, dice)
        except Exception:  # whatever a library says of what is too broken already to be taken apart
            data = flip(data, dice)
    if dice.random() < 0.15:
        data, name = zipped({f"dentro/{name}": data, "otro.csv": csv_text().encode()}), "paquete.zip"
        if dice.random() < 0.6:
            data = dice.choice(BYTES)(data, dice)
    if dice.random() < 0.1:
        name = name.rpartition(".")[0] + dice.choice((".xlsx", ".csv", ".pdf", ".xls", "", ".zip"))
    return name, data
