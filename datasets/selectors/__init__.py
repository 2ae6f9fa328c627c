"""Reads of the published data: what dashboards, the API and downloads are made of.

One question is answered from one release per year: figures of two releases are never added, because quarterly reports
are cumulative and because the same money is printed under several classifications. `choose_release` makes the choice
and the release it returns says what was chosen. Only published releases are ever looked at.
"""

from datasets.versions import data_version

from .cells import Cell, official_names, totals
from .contracts import (
    ContractFilters,
    ContractTotal,
    contract_methods_by_year,
    contract_releases,
    contract_totals,
    contracts,
    top_suppliers,
)
from .coverage import Arrival, Coverage, bodies_with_data, coverage, latest_arrivals, search_bodies
from .figures import YearCells, expenditure_cells, is_told_by, revenue_cells, trend, year_cells
from .releases import best_by_year, choose_release, choose_releases, published_releases, years_with_data

__all__ = [
    "Arrival",
    "Cell",
    "ContractFilters",
    "ContractTotal",
    "Coverage",
    "YearCells",
    "best_by_year",
    "bodies_with_data",
    "choose_release",
    "choose_releases",
    "contract_methods_by_year",
    "contract_releases",
    "contract_totals",
    "contracts",
    "coverage",
    "data_version",
    "expenditure_cells",
    "is_told_by",
    "latest_arrivals",
    "official_names",
    "published_releases",
    "revenue_cells",
    "search_bodies",
    "top_suppliers",
    "totals",
    "trend",
    "year_cells",
    "years_with_data",
]
