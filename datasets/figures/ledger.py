"""Figures of expenditure and of revenue: one way of telling both, with the words and levels of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from datasets import sentences
from datasets.models import Kind, Release
from datasets.narration import Noun
from datasets.selectors.figures import EXPENDITURE_CLASSIFIERS, REVENUE_CLASSIFIERS
from datasets.sentences import Part
from gesoc.common import money

from .measures import Measure


@dataclass(frozen=True)
class Ledger:
    """What is different between the two."""

    kind: str
    ways: dict[str, tuple[str, ...]]  # ?por= -> levels from coarse to fine
    way_names: dict[str, Any]
    level_names: dict[str, Any]
    level_plurals: dict[str, Any]
    classifiers: dict[str, str]  # of the levels that have an official one
    params: tuple[str, ...]  # of the chosen heading at each level
    whole_name: Any
    plan: tuple[str, ...]
    done: tuple[str, ...]
    cycle: tuple[str, ...]  # the moments that a heading is followed through
    say: Callable[[Sequence[Part]], str]


EXPENDITURE = Ledger(
    kind=Kind.EXPENDITURE,
    ways={
        "objeto": ("chapter", "concept", "item"),
        "funcion": ("function",),
        "unidad": ("unit",),
        "programa": ("programme",),
        "fuente": ("funding",),
        "tipo": ("economic",),
    },
    way_names={
        "objeto": gettext_lazy("What it is spent on"),
        "funcion": gettext_lazy("What it is spent for"),
        "unidad": gettext_lazy("Who spends it"),
        "programa": gettext_lazy("In which programme"),
        "fuente": gettext_lazy("With which money"),
        "tipo": gettext_lazy("Current or capital"),
    },
    level_names={
        "chapter": gettext_lazy("Chapter"),
        "concept": gettext_lazy("Concept"),
        "item": gettext_lazy("Item"),
        "function": gettext_lazy("Function"),
        "unit": gettext_lazy("Unit"),
        "programme": gettext_lazy("Programme"),
        "funding": gettext_lazy("Funding source"),
        "economic": gettext_lazy("Type of expenditure"),
    },
    level_plurals={
        "chapter": gettext_lazy("chapters"),
        "concept": gettext_lazy("concepts"),
        "item": gettext_lazy("items"),
        "function": gettext_lazy("functions"),
        "unit": gettext_lazy("units"),
        "programme": gettext_lazy("programmes"),
        "funding": gettext_lazy("funding sources"),
        "economic": gettext_lazy("types of expenditure"),
    },
    classifiers=EXPENDITURE_CLASSIFIERS,
    params=("cap", "con"),
    whole_name=gettext_lazy("All expenditure"),
    plan=("approved",),
    done=("accrued", "exercised", "paid"),
    cycle=("approved", "modified", "accrued", "paid"),
    say=sentences.spending,
)
REVENUE = Ledger(
    kind=Kind.REVENUE,
    ways={"rubro": ("rubro", "type", "item"), "fuente": ("funding",)},
    way_names={"rubro": gettext_lazy("Where it comes from"), "fuente": gettext_lazy("Funding source")},
    level_names={
        "rubro": gettext_lazy("Heading"),
        "type": gettext_lazy("Type"),
        "item": gettext_lazy("Class"),
        "funding": gettext_lazy("Funding source"),
    },
    level_plurals={
        "rubro": gettext_lazy("headings"),
        "type": gettext_lazy("types"),
        "item": gettext_lazy("classes"),
        "funding": gettext_lazy("funding sources"),
    },
    classifiers=REVENUE_CLASSIFIERS,
    params=("rubro", "tipo"),
    whole_name=gettext_lazy("All revenue"),
    plan=("estimated",),
    done=("collected", "accrued"),
    cycle=("estimated", "modified", "accrued", "collected"),
    say=sentences.income,
)


@dataclass(frozen=True)
class View:
    """What the reader has chosen, once it is known to exist."""

    ledger: Ledger
    way: str
    level: str
    release: Release
    moment: str
    measure: Measure
    heading: str = ""  # the name of the heading drilled into
    heading_code: str = ""

    @property
    def level_name(self) -> str:
        return str(self.ledger.level_names[self.level])

    @property
    def noun(self) -> Noun:
        return Noun(self.level_name.lower(), str(self.ledger.level_plurals[self.level]))

    @property
    def subject(self) -> str:
        return self.heading or str(self.ledger.whole_name)


def axis_text(scale: money.Scale) -> Callable[[float], str]:
    """Numbers on an axis: as few places as its steps need."""

    def show(value: float) -> str:
        text = f"{value:,.1f}".removesuffix(".0")
        return text.replace("-", money.MINUS)

    return show
