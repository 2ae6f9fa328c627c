"""Published files, what was read from them, and the canonical facts."""

from typing import Any

from .classifiers import ClassNode, Crosswalk, Label
from .facts import Contract, ExpenditureLine, RevenueLine, Supplier
from .history import LegalReferenceEvent, MappingProfileEvent, ProcurementCapEvent, PublicBodyEvent, ReleaseEvent
from .indicators import DisclosureScore, Flag, FlagReply, FlagReview, FlagRow, IndicatorValue
from .laws import LegalReference, ProcurementCap
from .merges import SupplierMerge
from .packages import Package, PackageMember
from .pins import PinnedFigure
from .registers import Debt, Sanction, Work
from .rollups import BANDS, ContractCell, ExpenditureCell, RevenueCell, SupplierTotal
from .runs import Breakdown, Document, Ingest, Kind, MappingProfile, Release, ReviewStep, RowIssue
from .sources import PublicBody, Source, SourceFile
from .versions import DataVersion
from .watches import Fetch, Watch

# What the lines of a kind are: models that say their labels and amounts each by names of their own.
LINES: dict[str, Any] = {
    Kind.EXPENDITURE: ExpenditureLine,
    Kind.REVENUE: RevenueLine,
    Kind.CONTRACTS: Contract,
    Kind.WORKS: Work,
    Kind.DEBT: Debt,
    Kind.SANCTIONS: Sanction,
}

__all__ = [
    "BANDS",
    "LINES",
    "Breakdown",
    "ClassNode",
    "Contract",
    "ContractCell",
    "Crosswalk",
    "DataVersion",
    "Debt",
    "DisclosureScore",
    "Document",
    "ExpenditureCell",
    "ExpenditureLine",
    "Fetch",
    "Flag",
    "FlagReply",
    "FlagReview",
    "FlagRow",
    "IndicatorValue",
    "Ingest",
    "Kind",
    "Label",
    "LegalReference",
    "LegalReferenceEvent",
    "MappingProfile",
    "MappingProfileEvent",
    "Package",
    "PackageMember",
    "PinnedFigure",
    "ProcurementCap",
    "ProcurementCapEvent",
    "PublicBody",
    "PublicBodyEvent",
    "Release",
    "ReleaseEvent",
    "RevenueCell",
    "RevenueLine",
    "ReviewStep",
    "RowIssue",
    "Sanction",
    "Source",
    "SourceFile",
    "Supplier",
    "SupplierMerge",
    "SupplierTotal",
    "Watch",
    "Work",
]
