"""`/datos/abiertos/`: everything in files, with checksums and a catalogue that machines read (DCAT)."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from datasets.opendata.build import INDEX, Index, Published, folder, holds_withdrawn, read_index
from datasets.opendata.packages import LICENCE
from datasets.versions import data_version
from datasets.words import file_size
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.dates import day

from . import schema

AGAIN_SECONDS = 600  # as long as writing the files of a country may take
KINDS: dict[str, tuple[str, Any]] = {
    "datapackage": ("application/zip", "ZIP: CSV + Data Package"),
    "ocds": ("application/json", "OCDS 1.1"),
    "ocds-records": ("application/json", gettext_lazy("OCDS 1.1, records")),
}


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    index = read_index()
    context: dict[str, Any] = {"index": index, "about": schema.of_everything(request, index)}
    if index is not None:
        context |= {
            "table": _table(index),
            "created": day(parse_datetime(index.created)),
            "is_stale": index.version != data_version(),
        }
    return render(request, "datasets/open_data.html", context)


def _table(index: Index) -> Table:
    columns = [
        Column(gettext("File")),
        Column(gettext("Of whom")),
        Column(gettext("What"), "opt"),
        Column(gettext("Lines"), "n"),
        Column(gettext("Size"), "n"),
        Column("SHA-256", "opt"),
    ]
    rows = [row(columns, _line(file)) for file in index.files]
    return Table("t-abiertos", gettext("Open data in files"), columns, rows, hide_caption=True)


def _line(file: Published) -> list[Any]:
    address = reverse("datasets:open_data_file", args=[file.name])
    what, size = KINDS[file.kind][1], file_size(file.size)
    return [link(file.name, address), file.title, what, money.number(file.lines), size, file.sha256[:16] + "…"]


@require_safe
def open_data_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Only what the index lists: no path can be asked for."""
    index = read_index()
    found = {file.name: file for file in index.files} if index else {}
    if index is None or (name not in found and name not in ("SHA256SUMS", INDEX)):
        raise Http404
    if name in found and holds_withdrawn(index, name):
        return _refused()
    etag = f'"{found[name].sha256}"' if name in found else f'"{index.version}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    kind = "application/octet-stream" if name in found else "text/plain; charset=utf-8"
    response = FileResponse((folder() / name).open("rb"), as_attachment=name in found, filename=name, content_type=kind)
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refused() -> HttpResponse:
    said = gettext(
        "Something in this file has been withdrawn. It is being written anew without it: come back in a while."
    )
    headers = {"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(said, status=503, headers=headers, content_type="text/plain; charset=utf-8")


CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
CONFORMS = {
    "datapackage": "https://specs.frictionlessdata.io/tabular-data-package/",
    "ocds": "https://standard.open-contracting.org/1.1/",
    "ocds-records": "https://standard.open-contracting.org/1.1/",
}


@require_safe
def dcat(request: HttpRequest) -> JsonResponse:
    """The catalogue as DCAT in JSON-LD, with each file's checksum."""
    index, page = read_index(), request.build_absolute_uri(reverse("datasets:open_data"))
    content = {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "@id": page,
        "dct:title": _spanish("Mesa de Datos"),
        "dct:description": _spanish("Presupuestos, ingresos y contratos de gobiernos de México, como se publicaron."),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": "GESOC"},
        "dct:language": ["es", "en"],
        "dct:license": _at(LICENCE["path"]),
        "foaf:homepage": _at(request.build_absolute_uri(reverse("home"))),
        "dcat:dataset": [_dataset(request, page, index, file) for file in index.files] if index else [],
    }
    return JsonResponse(content, headers={"Access-Control-Allow-Origin": "*"}, content_type="application/ld+json")


def _at(address: str) -> dict[str, str]:
    """An address and not a text that looks like one."""
    return {"@id": address}


def _spanish(text: str) -> dict[str, str]:
    return {"@language": "es", "@value": text}


def _dataset(request: HttpRequest, page: str, index: Index, file: Published) -> dict[str, Any]:
    url = request.build_absolute_uri(reverse("datasets:open_data_file", args=[file.name]))
    return {
        "@type": "dcat:Dataset",
        "@id": f"{page}#{file.name}",
        "dct:title": _spanish(file.title),
        "dct:identifier": file.name,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": "GESOC"},
        "dct:modified": {"@type": "xsd:dateTime", "@value": index.created},
        "dct:spatial": _at("http://www.wikidata.org/entity/Q96"),
        "dcat:version": str(index.version),
        "dcat:landingPage": _at(page),
        "dcat:distribution": {
            "@type": "dcat:Distribution",
            "@id": url,
            "dcat:downloadURL": _at(url),
            "dcat:mediaType": _at(f"https://www.iana.org/assignments/media-types/{KINDS[file.kind][0]}"),
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
            "dct:conformsTo": _at(CONFORMS[file.kind]),
            "dct:license": _at(LICENCE["path"]),
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": _at("spdx:checksumAlgorithm_sha256"),
                "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
            },
        },
    }
