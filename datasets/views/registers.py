"""`/obras/`, `/deuda/`, `/sanciones/`: lists of things with a state at a date, one list at a time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext

from datasets import selectors
from datasets.figures import registers as figures
from datasets.figures.sources import provenances, row_url
from datasets.models import Debt, Kind, Release, Sanction, Work
from datasets.words import REGISTER_AMOUNTS, percentage
from gesoc.common import money
from gesoc.common.charts.frame import Column, Figure, Table, link, row
from gesoc.common.dates import day
from municipalities.models import Municipality, State

from .choices import options, query_with
from .dashboards import DashboardView
from .public import public_text

PER_PAGE = 25
SHORT = 140
QUOTED = 3  # statements that there is no debt; all are counted


class RegisterPage(DashboardView):
    """The list of the year chosen: what it adds up to, how it divides, and its rows with a search."""

    template_name = "datasets/register.html"

    @cached_property
    def by_year(self) -> dict[int, Release]:
        return selectors.best_by_year(self.releases)

    @cached_property
    def release(self) -> Release:
        given = self.params.get("anio", "")
        year = int(given) if given.isdecimal() and int(given) in self.by_year else max(self.by_year)
        return self.by_year[year]

    def page(self) -> dict[str, Any]:
        if not self.releases:
            return {"empty": True}
        rows = selectors.register_rows(release=self.release, q=self.params.get("q", "")[:200])
        page = Paginator(rows, PER_PAGE).get_page(self.params.get("pagina"))
        return {
            "figures": [*self.figures(), self.listed(page)],
            "stats": self.stats(),
            "notes": self.notes(),
            "list_title": self.list_title(),
            "filters": self.fields(),
            "q": self.params.get("q", ""),
            "year": self.release.year,
            "page": page,
            "count": money.number(page.paginator.count),
            "unfiltered": query_with(self.params, q=None),
            "query": query_with(self.params).removeprefix("?").removeprefix("."),
        }

    def fields(self) -> list[dict[str, Any]]:
        years = {str(year): str(year) for year in sorted(self.by_year, reverse=True)}
        if len(years) < 2:
            return []
        return [{"name": "anio", "label": gettext("Year"), "options": options(years, str(self.release.year))}]

    def figures(self) -> list[Figure | None]:
        return []

    def stats(self) -> list[dict[str, str]]:
        raise NotImplementedError

    def notes(self) -> list[str]:
        return []

    def list_title(self) -> str:
        raise NotImplementedError

    def columns(self) -> list[Column]:
        raise NotImplementedError

    def cells(self, page: Any) -> Iterator[list[Any]]:
        raise NotImplementedError

    def csv_names(self) -> dict[str, str]:
        raise NotImplementedError

    def listed(self, page: Any) -> Figure:
        columns = self.columns()
        caption = gettext("%(title)s, page %(page)s of %(pages)s") % {
            "title": self.list_title(),
            "page": page.number,
            "pages": page.paginator.num_pages,
        }
        names = self.csv_names()
        return Figure(
            key="lista",
            title="",
            subtitle="",
            table=Table("t-lista", caption, columns, [row(columns, cells) for cells in self.cells(page)], stacked=True),
            sources=provenances([self.release]),
            csv_url=self.csv_url("lista"),
            csv_headings=[*names.values(), gettext("ingest"), gettext("row of the file")],
            csv_rows=_Rows(page.paginator.object_list, list(names), self.release.ingest_id),
        )

    def sum_of(self, name: str, label: str, text: str) -> list[dict[str, str]]:
        total = self.release.totals.get(name)
        return [] if total is None else [{"label": label, "value": money.amount(Decimal(total)), "text": text}]


class _Rows:
    """All rows that the search leaves, read while they are sent, and only if they are."""

    def __init__(self, rows: Any, names: list[str], ingest: int) -> None:
        self.rows, self.names, self.ingest = rows, names, ingest

    def __iter__(self) -> Iterator[list[Any]]:
        for one in self.rows.iterator(chunk_size=2000):
            values = [getattr(one, name) for name in self.names]
            yield [
                *[public_text(value) if isinstance(value, str) else value for value in values],
                self.ingest,
                one.source_row,
            ]


def short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def named(one: Any, text: str) -> Any:
    """A name that leads to the row of the file."""
    return link(short(public_text(text)) or gettext("Row without a name"), row_url(one.release, one.line_no))


class WorksPage(RegisterPage):
    section = "works"
    kind = Kind.WORKS

    def figures(self) -> list[Figure | None]:
        steps = selectors.work_progress(release=self.release)
        by_place = selectors.work_places(release=self.release)
        return [
            figures.progress(self.release, steps, self.csv_url("avance")),
            figures.places(self.release, by_place, _place_names(one.key for one in by_place), self.csv_url("lugares")),
        ]

    @cached_property
    def has_one_cycle(self) -> bool:
        return len(selectors.work_cycles(release=self.release)) == 1

    def stats(self) -> list[dict[str, str]]:
        year = self.release.year
        found = [
            {
                "label": gettext("Works and projects, %(year)s") % {"year": year},
                "value": money.number(self.release.line_count),
                "text": gettext("Those in the published list."),
            }
        ]
        found += self.sum_of(
            "investment",
            gettext("Total investment"),
            gettext("What the works cost over all their years; a work without a figure adds nothing."),
        )
        if self.has_one_cycle:
            found += self.sum_of("approved", gettext("Approved"), gettext("For the year of the list."))
            found += self.sum_of("contracted", gettext("Contracted"), gettext("Where a contract is stated."))
            found += self.sum_of("spent", gettext("Spent"), gettext("Until the list was made."))
        return found

    def notes(self) -> list[str]:
        if self.has_one_cycle:
            return []
        return [
            gettext("The amounts approved and spent are of different budget years, row by row: they are not added.")
        ]

    def list_title(self) -> str:
        return gettext("The works")

    def columns(self) -> list[Column]:
        return [
            Column(gettext("Work")),
            Column(gettext("Where it is")),
            Column(gettext("Investment or approved"), "n"),
            Column(gettext("Spent"), "n"),
            Column(gettext("Physical progress"), "n"),
            Column(gettext("End"), "nw"),
        ]

    def cells(self, page: Any) -> Iterator[list[Any]]:
        for one in page:
            where = ", ".join(filter(None, (one.location, one.municipality_raw)))
            cost = one.investment if one.investment is not None else one.approved
            yield [
                named(one, one.name or one.code),
                short(public_text(where)),
                money.pesos(cost, cents=True),
                money.pesos(one.spent, cents=True),
                percentage(one.physical_progress),
                day(one.ends_on),
            ]

    def csv_names(self) -> dict[str, str]:
        return {
            "code": gettext("code"),
            "name": gettext("work"),
            "type_raw": gettext("type"),
            "branch": gettext("branch"),
            "unit": gettext("who carries it out"),
            "location": gettext("place"),
            "state_code": gettext("state code"),
            "municipality_code": gettext("municipality code"),
            "latitude": gettext("latitude"),
            "longitude": gettext("longitude"),
            "physical_progress": gettext("physical progress"),
            "financial_progress": gettext("financial progress"),
            **{name: str(REGISTER_AMOUNTS[name]).lower() for name in Work.AMOUNTS},
            "cycle": gettext("budget cycle"),
            "starts_on": gettext("beginning"),
            "ends_on": gettext("end"),
            "status_raw": gettext("status"),
            "contract_number": gettext("contract"),
            "supplier_name": gettext("contractor"),
        }


class DebtPage(RegisterPage):
    section = "debt"
    kind = Kind.DEBT

    @cached_property
    def statements(self) -> list[Debt]:
        """Rows that say that there is no debt."""
        return list(selectors.register_rows(release=self.release).filter(is_none=True))

    def stats(self) -> list[dict[str, str]]:
        credits = self.release.line_count - len(self.statements)
        if not credits:
            return []
        found = [
            {
                "label": gettext("Credits and obligations, %(year)s") % {"year": self.release.year},
                "value": money.number(credits),
                "text": gettext("Those in the published list."),
            }
        ]
        found += self.sum_of("balance", gettext("Balance"), gettext("What was still owed when the list was made."))
        found += self.sum_of("contracted", gettext("Contracted"), gettext("What the credits were taken for at first."))
        return found + self.sum_of("interest", gettext("Interest paid"), gettext("In the period of the list."))

    def notes(self) -> list[str]:
        return [
            gettext("The public body states that it has no debt: “%(words)s”") % {"words": public_text(one.notes)}
            for one in self.statements[:QUOTED]
        ]

    def list_title(self) -> str:
        return gettext("The credits")

    def columns(self) -> list[Column]:
        return [
            Column(gettext("Credit or instrument")),
            Column(gettext("Creditor")),
            Column(gettext("Contracted"), "n"),
            Column(gettext("Balance"), "n"),
            Column(gettext("Interest rate")),
            Column(gettext("Due"), "nw"),
        ]

    def cells(self, page: Any) -> Iterator[list[Any]]:
        for one in page:
            nothing = gettext("Statement: no debt") if one.is_none else ""
            yield [
                named(one, nothing or one.name or one.type_raw or one.debtor),
                short(public_text(one.creditor)),
                money.pesos(one.contracted, cents=True),
                money.pesos(one.balance, cents=True),
                short(one.rate_raw),
                day(one.matures_on),
            ]

    def csv_names(self) -> dict[str, str]:
        return {
            "is_none": gettext("states that there is no debt"),
            "name": gettext("credit"),
            "type_raw": gettext("type"),
            "creditor": gettext("creditor"),
            "debtor": gettext("debtor"),
            "purpose": gettext("purpose"),
            "guarantee": gettext("guarantee"),
            "rate_raw": gettext("rate"),
            "term_raw": gettext("term"),
            **{name: str(REGISTER_AMOUNTS[name]).lower() for name in Debt.AMOUNTS},
            "signed_on": gettext("signed"),
            "matures_on": gettext("due"),
            "notes": gettext("note"),
        }


class SanctionsPage(RegisterPage):
    section = "sanctions"
    kind = Kind.SANCTIONS

    def figures(self) -> list[Figure | None]:
        return [
            figures.outcomes(
                self.release, selectors.sanction_outcomes(release=self.release), self.csv_url("resoluciones")
            )
        ]

    def stats(self) -> list[dict[str, str]]:
        found = [
            {
                "label": gettext("Resolutions, list of %(year)s") % {"year": self.release.year},
                "value": money.number(self.release.line_count),
                "text": gettext("A supplier may have several; they may have ended since."),
            }
        ]
        return found + self.sum_of("fine", gettext("Fines"), gettext("Sum of the fines stated."))

    def notes(self) -> list[str]:
        return [
            gettext(
                "A name that also stands in a contract is a question to look into, not an accusation: another company may "
                "bear it, and the sanction may have ended or been annulled before the contract."
            )
        ]

    def list_title(self) -> str:
        return gettext("The resolutions")

    def columns(self) -> list[Column]:
        return [
            Column(gettext("Supplier")),
            Column(gettext("Authority")),
            Column(gettext("What was resolved")),
            Column(gettext("Date"), "nw"),
            Column(gettext("Term")),
            Column(gettext("Fine"), "n"),
            Column(gettext("Contracts under this name")),
        ]

    def cells(self, page: Any) -> Iterator[list[Any]]:
        rows: list[Sanction] = list(page)
        contracts = selectors.contracts_under_names(rows)
        for one in rows:
            count = contracts.get(one.line_no, 0)
            yield [
                named(one, one.supplier_name),
                short(public_text(one.authority)),
                one.get_outcome_display() if one.outcome else short(public_text(one.outcome_raw)),
                day(one.resolved_on or one.notified_on),
                short(one.term_raw),
                money.pesos(one.fine, cents=True),
                gettext("%(count)s: the same one?") % {"count": money.number(count)} if count else "",
            ]

    def csv_names(self) -> dict[str, str]:
        return {
            "supplier_name": gettext("supplier"),
            "authority": gettext("authority"),
            "file_number": gettext("file number"),
            "outcome": gettext("outcome"),
            "outcome_raw": gettext("outcome as published"),
            "facts": gettext("facts"),
            "notified_on": gettext("notified"),
            "resolved_on": gettext("resolved"),
            "starts_on": gettext("beginning"),
            "ends_on": gettext("end"),
            "term_raw": gettext("term"),
            "term_months": gettext("term in months"),
            "fine": gettext("fine"),
        }


def _place_names(codes: Any) -> dict[str, str]:
    wanted = set(codes)
    found: dict[str, str] = dict(State.objects.filter(code__in=wanted).values_list("code", "short_name"))
    places = Municipality.objects.filter(code__in=wanted).values_list("code", "name")
    return found | dict(places)


__all__ = ["DebtPage", "SanctionsPage", "WorksPage"]
