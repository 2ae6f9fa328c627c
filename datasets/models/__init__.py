"""Published files, what was read from them, and the canonical facts."""

from .classifiers import ClassNode, Label
from .facts import Contract, ExpenditureLine, RevenueLine, Supplier
from .history import MappingProfileEvent, PublicBodyEvent, ReleaseEvent
from .rollups import ContractCell, ExpenditureCell, RevenueCell
from .runs import Breakdown, Document, Ingest, Kind, MappingProfile, Release, RowIssue
from .sources import PublicBody, Source, SourceFile
from .versions import DataVersion

__all__ = [
    "Breakdown",
    "ClassNode",
    "Contract",
    "ContractCell",
    "DataVersion",
    "Document",
    "ExpenditureCell",
    "ExpenditureLine",
    "Ingest",
    "Kind",
    "Label",
    "MappingProfile",
    "MappingProfileEvent",
    "PublicBody",
    "PublicBodyEvent",
    "Release",
    "ReleaseEvent",
    "RevenueCell",
    "RevenueLine",
    "RowIssue",
    "Source",
    "SourceFile",
    "Supplier",
]
