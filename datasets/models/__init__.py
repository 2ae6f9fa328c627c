"""Published files, what was read from them, and the canonical facts."""

from .classifiers import ClassNode, Label
from .facts import Contract, ExpenditureLine, RevenueLine, Supplier
from .rollups import ContractCell, ExpenditureCell, RevenueCell
from .runs import Breakdown, Document, Ingest, Kind, MappingProfile, Release, RowIssue
from .sources import PublicBody, Source, SourceFile

__all__ = [
    "Breakdown",
    "ClassNode",
    "Contract",
    "ContractCell",
    "Document",
    "ExpenditureCell",
    "ExpenditureLine",
    "Ingest",
    "Kind",
    "Label",
    "MappingProfile",
    "PublicBody",
    "Release",
    "RevenueCell",
    "RevenueLine",
    "RowIssue",
    "Source",
    "SourceFile",
    "Supplier",
]
