"""What part the contracts that a filter by procedure or by supplier leaves are of what there is without that filter.

Such a filter fixes what the shares of the page would tell: of direct awards all are without competition, and the one
supplier asked for gets all of it. What they are of everything else is not known before it is looked up. Of one procedure by
its number it is told what all its contracts say together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext

from datasets import narration, selectors
from datasets.figures.contracts import method_name
from datasets.selectors import ContractFilters, FilteredTotals, Procedure
from gesoc.common import money
from gesoc.common.dates import day


@dataclass(frozen=True)
class Narrowed:
    filters: ContractFilters
    left: FilteredTotals
    everything: FilteredTotals  # what there is without any filter, which the page knows already
    currency: str

    @cached_property
    def without_method(self) -> FilteredTotals:
        return self._totals(replace(self.filters, method=None))

    @cached_property
    def without_supplier(self) -> FilteredTotals:
        return self._totals(replace(self.filters, supplier=""))

    def _totals(self, wider: ContractFilters) -> FilteredTotals:
        """One query, unless no other filter is set."""
        asked = self.filters
        whole = ContractFilters(
            public_body=asked.public_body, releases=asked.releases, year=asked.year, currency=asked.currency
        )
        if wider == whole:
            return self.everything
        return selectors.filtered_totals(wider, currency=self.currency, limit=1)

    def told(self, unit: str) -> list[str]:
        """A sentence for each of the two filters that is set; none where they leave nothing."""
        found = []
        if self.filters.method is not None and self.left.contracts:
            found.append(self._part_of(self.without_method, gettext("procedure"), unit))
        if self.filters.supplier and self.left.contracts:
            found.append(self._part_of(self.without_supplier, gettext("supplier"), unit))
        return found

    def _part_of(self, wider: FilteredTotals, name: str, unit: str) -> str:
        left = self.left
        return narration.part_of_unfiltered(name, (left.contracts, wider.contracts), (left.amount, wider.amount), unit)


def facts_of(found: Procedure) -> list[tuple[str, str]]:
    """What all contracts of the procedure tell together, whatever other filters leave of them."""
    kinds = [(method_name(method), printed) for method, printed in found.kinds]
    sums = [
        money.pesos(amount, cents=True) + f" {currency}" if amount is not None else _unstated(currency)
        for currency, amount in found.sums.items()
    ]
    span = list(dict.fromkeys(day(one) for one in (found.first, found.last) if one))
    told = [
        (gettext("Contracts"), money.number(found.contracts)),
        (gettext("Suppliers"), money.number(found.suppliers)),
        (gettext("Sum by currency"), "; ".join(sums)),
        (gettext("Procedure as we read it"), "; ".join(dict.fromkeys(name for name, _printed in kinds))),
        (gettext("Procedure as printed"), "; ".join(dict.fromkeys(printed for _name, printed in kinds if printed))),
        (gettext("Dates"), " – ".join(span)),
    ]
    return [(label, text) for label, text in told if text]


def _unstated(currency: str) -> str:
    return gettext("%(currency)s: no amount stated") % {"currency": currency}
