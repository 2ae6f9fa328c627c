"""What came of it: for whoever asks what the dialogues are good for, with the figures to take along."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dialogues.models import Commitment
from dialogues.selectors import commitments as promises
from dialogues.selectors import proof as read
from dialogues.tally import OTHERS
from gesoc.common import workbook
from gesoc.common.charts.bars import inline_bar
from gesoc.common.exports import csv_response
from gesoc.common.workbook import Sheet
from partners.models import Sector
from partners.selectors import growth
from partners.services import site_url

LISTED = 100
DIALOGUE_WIDTHS = (44, 44, 12, 12, 26, 30)


class Column(NamedTuple):
    name: str
    meaning: Any


SECTORS = (*Sector.values, OTHERS)
OF_THEM = _("of them, by sector. Empty: none, or fewer than five, who are counted as others.")
DICTIONARY = (
    Column("page", _("Address of the page with minutes, votes and commitments.")),
    Column("title", _("Question of the dialogue.")),
    Column("date", _("Day on which it was held, on the clocks of the place (year-month-day).")),
    Column("municipality_code", _("Code of INEGI, five digits; empty for a state or the whole country.")),
    Column("municipality", _("Name of the municipality and its state.")),
    Column("host", _("Organisation that called it.")),
    Column("method", _("How it was held: round table, world café, workshop …")),
    Column("modality", _("In person, online or both.")),
    Column("confidentiality", _("Open, or under the Chatham House rule. Reserved dialogues are not here.")),
    Column("people", _("How many came, as counted when the minutes were published; empty where fewer than five.")),
    *(
        Column(f"people_{name}", format_lazy("{}: {}", label, OF_THEM))
        for name, label in (*Sector.choices, (OTHERS, _("Others")))
    ),
    Column("commitments", _("Public commitments agreed there that were not cancelled.")),
    Column("commitments_kept", _("Of them, kept and verified by another organisation.")),
    Column("commitments_late", _("Of them, late or not kept.")),
    Column("evidence", _("Public cards of evidence on the table.")),
)


@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    """One page for a director or a funder; the same numbers as in the file."""
    rows = read.held(_year(request))
    found = read.total(rows)
    largest = max(found.sectors.values(), default=0)
    context = {
        "rows": rows[:LISTED],
        "found": found,
        "reach": read.reach(rows),
        "years": read.by_year(rows),
        "year": _year(request),
        "counts": promises.counts(_commitments(rows)),
        "sectors": [(read.sector_label(n), k, inline_bar(Decimal(k), Decimal(largest))) for n, k in found.by_sector],
        "growth": list(reversed(growth())),
        "dictionary": DICTIONARY,
        "query": request.GET.urlencode(),
    }
    return render(request, "dialogues/proof.html", context)


def _commitments(rows: list[read.Held]) -> Any:
    return Commitment.objects.public().filter(session__in=[one.session.pk for one in rows])


def _year(request: HttpRequest) -> int | None:
    given = request.GET.get("anio", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) == 4 else None


@require_safe
def proof_csv(request: HttpRequest) -> HttpResponseBase:
    rows: Iterator[list[Any]] = (_line(one) for one in read.held(_year(request)))
    return csv_response("dialogos.csv", [column.name for column in DICTIONARY], rows)


def _line(one: read.Held) -> list[Any]:
    session = one.session
    return [
        site_url(f"{session.get_absolute_url()}resultado/"),
        session.title,
        session.local_start.date().isoformat(),
        session.municipality_id,
        str(session.municipality) if session.municipality else None,
        session.host_organisation.name,
        session.method,
        session.modality,
        session.confidentiality,
        one.people,
        *(one.sectors.get(name) for name in SECTORS),
        one.agreed,
        one.kept,
        one.late,
        one.cards,
    ]


@require_safe
def network_csv(request: HttpRequest) -> HttpResponse:
    """The growth of the network has one file, at the network."""
    return redirect("partners:growth_csv", permanent=True)


@require_safe
def proof_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same tables as the CSV files in one workbook, with what its reader has to know."""
    rows = read.held(_year(request))
    yearly = [_("Year"), _("Joined"), _("Left"), _("At the end")]
    sheets = [
        Sheet(gettext("Dialogues"), [[column.name for column in DICTIONARY], *map(_line, rows)], DIALOGUE_WIDTHS),
        Sheet(gettext("Growth of the network"), [yearly, *growth()], [12] * len(yearly)),
        Sheet(gettext("Columns"), [[_("Column"), _("What it means")], *DICTIONARY], [26, 100]),
        Sheet(gettext("Notes"), _notes(_year(request)), [26, 100]),
    ]
    return workbook.response("dialogos.xlsx", sheets)


def _notes(year: int | None) -> list[list[Any]]:
    return [
        [_("Note"), ""],
        [_("Year"), year or _("all")],
        [_("Made on"), timezone.localdate().isoformat()],
        [_("Source"), site_url(reverse("dialogues:proof"))],
        [_("What is counted"), _("Public dialogues whose minutes are published.")],
        [_("Small groups"), _("No sector of fewer than five people is told: it is counted as others.")],
        [_("People"), _("As counted when the minutes were published; later changes do not move it.")],
        [_("Network"), _("Organisations that take part at the end of each year; the last one is today")],
    ]


@require_safe
def dictionary_csv(request: HttpRequest) -> HttpResponseBase:
    return csv_response(
        "dialogos-diccionario.csv", ["column", "meaning"], ([c.name, str(c.meaning)] for c in DICTIONARY)
    )
