"""Which suppliers may be one under two spellings: ranked, each with its reasons. A person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise

from django.db.models import Sum
from django.utils.translation import gettext as _

from datasets.models import Supplier, SupplierTotal

MOST = 200
CLOSE = 0.92  # of the letters of two names, in the same order
SHORTEST = 8  # letters of a name of which one may be mistyped
_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


def rfc_is_sound(rfc: str) -> bool:
    """Whether the last character is the check digit of the rest (SAT, Anexo: algorithm of the dígito verificador)."""
    if len(rfc) not in (12, 13) or any(char not in _VALUES for char in rfc):
        return False
    rest = sum(_VALUES[char] * (13 - place) for place, char in enumerate(rfc[:-1].rjust(12))) % 11
    return rfc[-1] == ("0" if rest == 0 else "A" if rest == 1 else str(11 - rest))


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of one supplier, and what it got by public contracts in pesos."""

    pk: int
    number: int
    name: str
    key: str
    rfc: str
    natural: bool | None
    contracts: int
    amount: Decimal

    @property
    def squeezed(self) -> str:
        """The words of the name in the order of the alphabet, without blanks: `casa del sol` and `sol, casa del` alike."""
        return "".join(sorted(self.key.split()))

    @property
    def is_sound(self) -> bool:
        return rfc_is_sound(self.rfc)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`one` may be `into`, which has the better RFC or more contracts."""

    one: Known
    into: Known
    score: int
    why: str


def suggestions(suppliers: Sequence[Known]) -> list[Likeness]:
    """The likeliest first; of equal ones those with more money."""
    found: dict[tuple[int, int], Likeness] = {}
    for pair in _pairs(suppliers):
        one, into = sorted(pair, key=_weight)
        if (likeness := judge(one, into)) and (one.pk, into.pk) not in found:
            found[one.pk, into.pk] = likeness
    return sorted(found.values(), key=lambda like: (-like.score, -like.one.amount, like.one.number))[:MOST]


def _weight(known: Known) -> tuple[bool, bool, int, int]:
    return known.is_sound, bool(known.rfc), known.contracts, -known.number


def judge(one: Known, into: Known) -> Likeness | None:
    """None where they contradict each other: two sound RFCs are two suppliers, whatever their names."""
    if one.is_sound and into.is_sound and one.rfc != into.rfc:
        return None
    mistyped = bool(one.rfc and into.rfc) and _one_apart(one.rfc, into.rfc) and one.is_sound != into.is_sound
    if mistyped and _close(one, into):
        return Likeness(
            one, into, 95, _("Nearly the same RFC, of which only one has a right check digit; the same name.")
        )
    if one.rfc and into.rfc:
        return (
            Likeness(one, into, 60, _("The same name; an RFC that fails its check digit."))
            if _same(one, into)
            else None
        )
    if one.natural or into.natural:
        return None  # natural persons share their names
    if _same(one, into):
        return Likeness(one, into, 90, _("The same name; one of the two was printed without an RFC."))
    if one.squeezed == into.squeezed:
        return Likeness(one, into, 80, _("The same words in another order or parted otherwise."))
    return Likeness(one, into, 70, _("Names that differ in a letter or two.")) if _close(one, into) else None


def _same(one: Known, other: Known) -> bool:
    return one.key == other.key


def _close(one: Known, other: Known) -> bool:
    if one.squeezed == other.squeezed:
        return True
    if min(len(one.squeezed), len(other.squeezed)) < SHORTEST or _digits(one) != _digits(other):
        return False  # `Obras 1` and `Obras 2` are two
    return SequenceMatcher(None, one.squeezed, other.squeezed, autojunk=False).ratio() >= CLOSE


def _digits(known: Known) -> list[str]:
    return [char for char in known.key if char.isdigit()]


def _one_apart(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _pairs(suppliers: Iterable[Known]) -> Iterator[tuple[Known, Known]]:
    """Only those that share something are compared: a name, most of an RFC, or neighbours in the order of their letters."""
    alike: dict[str, list[Known]] = defaultdict(list)
    for known in suppliers:
        for mark in _marks(known):
            alike[mark].append(known)
    for group in alike.values():
        few = group[:20]
        yield from ((one, other) for place, one in enumerate(few) for other in few[place + 1 :])
    by_letters = sorted((known for known in suppliers if known.key), key=lambda known: known.squeezed)
    yield from pairwise(by_letters)


def _marks(known: Known) -> Iterator[str]:
    if known.key:
        yield f"name {known.squeezed}"
        yield f"start {known.key[:10]} {len(known.key) // 4}"
    if known.rfc:
        yield f"rfc {known.rfc[:6]}"
        yield f"rfc {known.rfc[-6:]}"


def public_suppliers() -> list[Known]:
    """Those with public contracts that stand for themselves. Two queries."""
    sums = SupplierTotal.objects.order_by().values("supplier_id").annotate(n=Sum("contracts"), total=Sum("amount"))
    got = {row["supplier_id"]: (row["n"], row["total"] or Decimal(0)) for row in sums}
    rows = Supplier.objects.filter(pk__in=SupplierTotal.objects.values("supplier_id"), merged_into__isnull=True)
    fields = rows.values_list("pk", "number", "name", "name_key", "rfc", "is_natural_person")
    return [Known(*row, *got[row[0]]) for row in fields.order_by("number") if row[0] in got]
