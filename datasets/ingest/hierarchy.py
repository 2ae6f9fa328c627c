"""Which rows repeat the money of others. Several readings of the outline are tried; arithmetic decides between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from datasets.ingest.codes import ObjectCode

TOLERANCE = 100  # cents: publishers round parts to whole pesos
Amounts = tuple[int | None, ...]


@dataclass(slots=True)
class Node:
    """A row with amounts. ``place`` is its position in the sequence; ``dims`` the other classifications it carries."""

    place: int
    row: int
    label: str
    amounts: Amounts
    dims: tuple[str, ...] = ()
    code: ObjectCode | None = None
    heading: bool = False  # words only: it may be a parent, never a leaf


@dataclass(slots=True)
class Outline:
    """One reading: the parent of each node, and how well the sums support it."""

    name: str
    parents: list[int | None]
    leaves: list[int]
    supported: int = 0
    contradicted: int = 0
    broken: list[int] = field(default_factory=list)  # parents whose parts do not add up
    agrees: float = 0.0  # share of the printed totals that the leaves reach


def add(amounts: Sequence[Amounts], width: int) -> Amounts:
    sums: list[int | None] = [None] * width
    for values in amounts:
        for index, value in enumerate(values):
            if value is not None:
                sums[index] = (sums[index] or 0) + value
    return tuple(sums)


def close(one: int | None, other: int | None) -> bool:
    return abs((one or 0) - (other or 0)) <= TOLERANCE


def same(one: Amounts, other: Amounts) -> bool:
    """Equal in every moment, and not merely both empty. A peso of rounding is much where the amounts are small."""
    return any(one) and all(
        abs((a or 0) - (b or 0)) <= min(TOLERANCE, abs(a or 0) // 1000) for a, b in zip(one, other, strict=True)
    )


def _side_by_side(nodes: Sequence[Node]) -> list[int | None]:
    return [None] * len(nodes)


def by_depth(nodes: Sequence[Node], depths: Sequence[int]) -> list[int | None]:
    """Parents of an outline in print order: the nearest row above that is less deep and carries the same other keys."""
    parents: list[int | None] = []
    stack: list[tuple[int, int]] = []
    for node, depth in zip(nodes, depths, strict=True):
        while stack and (stack[-1][1] >= depth or not _compatible(nodes[stack[-1][0]], node)):
            stack.pop()
        parents.append(stack[-1][0] if stack else None)
        stack.append((node.place, depth))
    return parents


def by_code(nodes: Sequence[Node]) -> list[int | None]:
    """Parents by code, wherever they stand: the deepest ancestor code printed with the same other keys."""
    known: dict[tuple[tuple[str, ...], str], int] = {}
    for node in nodes:
        if node.code:
            known.setdefault((node.dims, node.code.digits), node.place)
    parents: list[int | None] = []
    for node in nodes:
        digits = node.code.digits if node.code else ""
        found = (known.get((node.dims, digits[:length])) for length in range(min(len(digits) - 1, 3), 0, -1))
        parents.append(next((place for place in found if place is not None and place != node.place), None))
    return parents


def _compatible(parent: Node, child: Node) -> bool:
    if parent.code and child.code and not parent.code.contains(child.code):
        return False
    return all(not own or own == other for own, other in zip(parent.dims, child.dims, strict=True))


def judge(name: str, nodes: Sequence[Node], parents: list[int | None], totals: Sequence[Amounts]) -> Outline:
    """Leaves of a reading and the evidence for it."""
    children: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        if parent is not None:
            children.setdefault(parent, []).append(place)
    outline = Outline(name, parents, [])
    width = len(nodes[0].amounts) if nodes else 0
    undetailed: set[int] = set()
    for place, parts in children.items():
        _weigh(outline, nodes[place], add([nodes[part].amounts for part in parts], width), undetailed)
    outline.leaves = [
        node.place for node in nodes if not node.heading and (node.place not in children or node.place in undetailed)
    ]
    outline.agrees = _agreement(add([nodes[place].amounts for place in outline.leaves], width), totals)
    return outline


def _weigh(outline: Outline, node: Node, parts: Amounts, undetailed: set[int]) -> None:
    if node.heading:
        return
    if not any(node.amounts):
        outline.contradicted += any(parts)
        return
    if not any(parts):
        undetailed.add(node.place)  # its detail was not published: the row itself is the leaf
        return
    if all(close(own, part) for own, part in zip(node.amounts, parts, strict=True) if own is not None):
        outline.supported += 1
    else:
        outline.contradicted += 1
        outline.broken.append(node.place)


def _agreement(sums: Amounts, totals: Sequence[Amounts]) -> float:
    """Best agreement with a printed total, over the moments it states."""
    if not sums:
        return 0.0
    shares = [
        sum(close(own, total) for own, total in zip(sums, printed, strict=True) if total is not None)
        / max(1, sum(total is not None for total in printed))
        for printed in totals
        if any(printed)
    ]
    return max(shares, default=0.0)


def choose(
    nodes: Sequence[Node],
    readings: Sequence[tuple[str, Callable[[], list[int | None] | None]]],
    totals: Sequence[Amounts],
) -> Outline:
    """The reading that printed totals and sums support best; the earlier on a tie. Rows side by side is the last
    resort.
    """
    best: tuple[tuple[float, int], Outline] | None = None
    for name, build in [*readings, ("flat", lambda: _side_by_side(nodes))]:
        parents = build()
        if parents is None:
            continue
        outline = judge(name, nodes, parents, totals)
        rank = (outline.agrees, outline.supported - 2 * outline.contradicted)
        if best is None or rank > best[0]:
            best = (rank, outline)
        if outline.supported and not outline.contradicted and (outline.agrees == 1 or not any(map(any, totals))):
            break
    if best is None:
        raise ValueError("no reading")
    return _keep_rows_over_detail(best[1], nodes, totals)


def _keep_rows_over_detail(outline: Outline, nodes: Sequence[Node], totals: Sequence[Amounts]) -> Outline:
    """Where a row and its detail disagree and only the row leads to the printed total, the row is the leaf."""
    width = len(nodes[0].amounts) if nodes else 0
    for place in outline.broken:
        below = _descendants(outline.parents, place)
        leaves = sorted({*(leaf for leaf in outline.leaves if leaf not in below), place})
        agrees = _agreement(add([nodes[leaf].amounts for leaf in leaves], width), totals)
        if agrees > outline.agrees:
            outline.leaves, outline.agrees = leaves, agrees
    return outline


def _descendants(parents: Sequence[int | None], place: int) -> set[int]:
    found = {place}
    for child, parent in enumerate(parents):
        if parent in found:
            found.add(child)
    return found


MAX_ARITHMETIC = 400
FEW = 5  # rows: fewer say nothing by their sums


def by_arithmetic(nodes: Sequence[Node]) -> list[int | None] | None:
    """Parents found by sums alone: a row that equals the two or more rows right below it, in every moment.

    One such row is chance (300 is 200 and 100) unless it stands over all the others; and codes, where there are any, must agree.
    """
    if len(nodes) > MAX_ARITHMETIC:
        return None
    parents: list[int | None] = [None] * len(nodes)
    ends = _span_ends(nodes)
    found = [place for place, end in enumerate(ends) if end is not None]
    if len(found) == 1 and (found[0] != 0 or ends[0] != len(nodes) or len(nodes) < FEW):
        return None
    for place, end in enumerate(ends):
        if end is None:
            continue
        child = place + 1
        while child < end:
            parents[child] = place
            child = ends[child] or child + 1
    return parents if any(parent is not None for parent in parents) else None


def _span_ends(nodes: Sequence[Node]) -> list[int | None]:
    """For each row where its parts end, from the last row to the first; parts of parts are stepped over."""
    ends: list[int | None] = [None] * len(nodes)
    for place in range(len(nodes) - 1, -1, -1):
        target = nodes[place].amounts
        sums: Amounts = (None,) * len(target)
        child, counted = place + 1, 0
        while any(target) and child < len(nodes) and _compatible(nodes[place], nodes[child]):
            sums = add([sums, nodes[child].amounts], len(target))
            counted += any(nodes[child].amounts)
            child = ends[child] or child + 1
            if counted >= 2 and same(sums, target):
                ends[place] = child
                break
    return ends
