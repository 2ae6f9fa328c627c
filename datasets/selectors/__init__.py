"""Reads of the published data: what dashboards, the API and downloads are made of.

One question is answered from one release per year: figures of two releases are never added, because quarterly reports
are cumulative and because the same money is printed under several classifications. `choose_release` makes the choice
and the release it returns says what was chosen. Only published releases are ever looked at.
"""

from datasets.versions import data_version

from .cells import Cell, official_names, totals
from .contract import ContractChange, Printed, changes, printed, same_procedure
from .contracts import (
    Band,
    ContractFilters,
    ContractTotal,
    amount_bands,
    contract_methods_by_year,
    contract_releases,
    contract_totals,
    contracts,
    supplier_sums,
    suppliers_of,
    top_suppliers,
)
from .coverage import Arrival, Coverage, bodies_with_data, coverage, latest_arrivals, search_bodies
from .figures import YearCells, expenditure_cells, is_told_by, revenue_cells, told_by, trend, year_cells
from .panorama import Shelf, bodies_by_year, shelves
from .registers import (
    RegisterTotal,
    contracts_under_names,
    published_rows,
    register_rows,
    register_years,
    same_suppliers,
    sanction_outcomes,
    sanctions_of,
    work_cycles,
    work_places,
    work_progress,
)
from .releases import best_by_year, choose_release, choose_releases, published_releases, years_with_data
from .standings import Standing, spending_of, standing_releases, standings, standings_of, years_of_standings
from .suppliers import (
    Buyer,
    Spelling,
    SupplierYear,
    contracts_of,
    merges_into,
    namesakes,
    supplier_buyers,
    supplier_currencies,
    supplier_spellings,
    supplier_totals,
    supplier_years,
    suppliers_matching,
)

__all__ = [
    "Arrival",
    "Band",
    "Buyer",
    "Cell",
    "ContractChange",
    "ContractFilters",
    "ContractTotal",
    "Coverage",
    "Printed",
    "RegisterTotal",
    "Shelf",
    "Spelling",
    "Standing",
    "SupplierYear",
    "YearCells",
    "amount_bands",
    "best_by_year",
    "bodies_by_year",
    "bodies_with_data",
    "changes",
    "choose_release",
    "choose_releases",
    "contract_methods_by_year",
    "contract_releases",
    "contract_totals",
    "contracts",
    "contracts_of",
    "contracts_under_names",
    "coverage",
    "data_version",
    "expenditure_cells",
    "is_told_by",
    "latest_arrivals",
    "merges_into",
    "namesakes",
    "official_names",
    "printed",
    "published_releases",
    "published_rows",
    "register_rows",
    "register_years",
    "revenue_cells",
    "same_procedure",
    "same_suppliers",
    "sanction_outcomes",
    "sanctions_of",
    "search_bodies",
    "shelves",
    "spending_of",
    "standing_releases",
    "standings",
    "standings_of",
    "supplier_buyers",
    "supplier_currencies",
    "supplier_spellings",
    "supplier_sums",
    "supplier_totals",
    "supplier_years",
    "suppliers_matching",
    "suppliers_of",
    "told_by",
    "top_suppliers",
    "totals",
    "trend",
    "work_cycles",
    "work_places",
    "work_progress",
    "year_cells",
    "years_of_standings",
    "years_with_data",
]
