"""Cards of evidence: frozen, used, and told of when a newer release moves their figure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from datasets.models import Contract, Release
from partners.audit import acting
from partners.models import Organisation
from partners.services import person_of, queue_mail, site_url
from projects.freeze import Frozen, Number, figure_at, in_the_other_language
from projects.models import Challenge, Evidence, EvidenceChange, EvidenceUse, Project
from projects.wording import kept

from .moves import locked, saved
from .plans import read_from_figure

if TYPE_CHECKING:
    from partners.models import User


def save_evidence(*, evidence: Evidence, by: User | None, releases: Iterable[Release] = ()) -> Evidence:
    """Keep a card with what was frozen in it, and the releases whose figures it holds."""
    with acting(by, "save_evidence"):
        evidence.created_by = by
        saved(evidence)
        evidence.releases.set(releases)
        return evidence


def freeze_evidence(
    *,
    frozen: Frozen,
    reading: str,
    does_not_say: str,
    by: User | None,
    row: str = "",
    visibility: str = "red",
    organisation: Organisation | None = None,
    is_example: bool = False,
) -> Evidence:
    """A card of a figure, or of a row of a file, as it was read just now. `row`: the one number it is about."""
    number = frozen.number(row)
    kind = Evidence.Kind.FIGURE
    if not frozen.figure_key:
        kind = Evidence.Kind.CONTRACT if frozen.is_contract else Evidence.Kind.ROW
        kind = Evidence.Kind.FLAG if frozen.is_flag else kind
        number = number or (frozen.numbers[0] if frozen.numbers else None)
    card = Evidence(
        kind=kind,
        title=frozen.title[:300],
        reading=reading.strip(),
        does_not_say=does_not_say.strip(),
        municipality=frozen.municipality,
        public_body=frozen.public_body,
        source_path=frozen.source_path,
        figure_key=frozen.figure_key,
        query=frozen.query,
        values=_values(frozen, number),
        value=number.value if number else None,
        unit=number.heading[:30] if number else "",
        sources=frozen.sources,
        rows=frozen.lines,
        visibility=visibility,
        organisation=organisation,
        is_example=is_example,
    )
    return save_evidence(evidence=card, by=by, releases=frozen.releases)


def _values(frozen: Frozen, number: Number | None) -> dict[str, Any]:
    """The texts as they were shown, and as they read in the other language that moment."""
    values: dict[str, Any] = {
        "subtitle": frozen.subtitle,
        "columns": frozen.columns,
        "rows": frozen.rows,
        "row": number.label if number else "",
        "numbers": _numbers(frozen.numbers),
    }
    if frozen.caveat:
        values["caveat"] = frozen.caveat
    other = in_the_other_language(frozen)
    if other is not None:
        values["also"] = kept(frozen, other, number)
    return values


def _numbers(numbers: Iterable[Number]) -> dict[str, str]:
    return {number.label: f"{number.value:f}" for number in numbers}


def attach_evidence(
    *,
    evidence: Evidence,
    by: User | None,
    challenge: Challenge | None = None,
    project: Project | None = None,
    claim: str = "",
    strength: str = "",
) -> EvidenceUse:
    """Use a card for a challenge or a project; a second time changes what it is to show."""
    with acting(by, "attach_evidence"):
        use = EvidenceUse.objects.filter(evidence=evidence, challenge=challenge, project=project).first()
        use = use or EvidenceUse(evidence=evidence, challenge=challenge, project=project, added_by=by)
        use.claim, use.strength = claim.strip(), strength
        return saved(use)


def show_evidence(*, evidence: Evidence, visibility: str, by: User | None) -> Evidence:
    """Open a card to more people, or close it. What it holds never changes."""
    with acting(by, "show_evidence"):
        current = locked(evidence)
        current.visibility = visibility
        return saved(current)


# -- when newer files come --------------------------------------------------------------------------------------------


def reconsider_evidence(*, evidence: Evidence) -> EvidenceChange | None:
    """Ask for the figure again; if a number moved, note it, tell its users, and feed the indicators behind it."""
    moved = _moved(evidence)
    if moved is None:
        return None
    with acting(None, "reconsider_evidence"):
        newest = locked(evidence).changes.first()
        if newest is not None and newest.to_text == moved.to_text:
            return None
        moved.evidence = evidence
        change = saved(moved)
        for indicator in evidence.indicators.all():
            read_from_figure(indicator=indicator)
        _tell_users(change)
        return change


def _moved(evidence: Evidence) -> EvidenceChange | None:
    if evidence.figure_key:
        return _figure_moved(evidence)
    return _row_moved(evidence) if evidence.rows else None


def _figure_moved(evidence: Evidence) -> EvidenceChange | None:
    """The number the card is about; without one, the first of its numbers that is another today."""
    today = figure_at(evidence.source_path, evidence.figure_key)
    numbers = {number.label: number.value for number in today.numbers} if today else {}
    newest = evidence.changes.first()
    before = newest.values if newest else evidence.values.get("numbers", {})
    row = evidence.values.get("row", "")
    for label in [row] if row else before:
        old, new = Decimal(before[label]) if before.get(label) else None, numbers.get(label)
        if old != new:
            return EvidenceChange(
                release=today.releases[0] if today and today.releases else None,
                from_text=_said(label, old, bool(row)),
                to_text=_said(label, new, bool(row)),
                values={name: f"{value:f}" for name, value in numbers.items()},
                value=new if row else None,
            )
    return None


def _said(label: str, value: Decimal | None, alone: bool) -> str:
    text = "—" if value is None else f"{value:,.2f}".removesuffix(".00")
    return text if alone else f"{label[:200]}: {text}"


def _row_moved(evidence: Evidence) -> EvidenceChange | None:
    """A row has no name by which a newer file could be asked for it, but a contract has its number."""
    release = evidence.releases.first()
    if release is None or release.status == Release.Status.PUBLISHED:
        return None
    newer = Release.objects.published().of_slice(release).first()
    told = EvidenceChange(
        release=newer, from_text=f"v{release.version}", to_text=f"v{newer.version}" if newer else "—", values={}
    )
    old = _contract(release, evidence.rows[0]["line"]) if evidence.kind == Evidence.Kind.CONTRACT else None
    if newer is None or old is None or not old.contract_number:
        return told
    new = Contract.objects.filter(
        public_body=newer.public_body_id, release=newer.pk, contract_number=old.contract_number
    ).first()
    amount = new.amount if new else None
    if amount == old.amount:
        return None
    told.from_text, told.to_text, told.value = _said("", old.amount, True), _said("", amount, True), amount
    return told


def _contract(release: Release, line_no: int) -> Contract | None:
    return Contract.objects.filter(public_body=release.public_body_id, release=release.pk, line_no=line_no).first()


def _tell_users(change: EvidenceChange) -> None:
    """Whoever made the card or used it, once each."""
    card = change.evidence
    people = {card.created_by, *(use.added_by for use in card.uses.select_related("added_by"))} - {None}
    for user in sorted((one for one in people if one is not None and one.is_active), key=lambda one: one.pk):
        queue_mail(
            kind="evidence_changed",
            template="evidence_changed",
            context={"change": change, "card": card, "url": site_url(card.get_absolute_url())},
            key=f"evidence_changed:{change.pk}:{user.pk}",
            by=None,
            person=person_of(user=user),
            about=f"projects.evidence:{card.key}",
            voluntary=True,
        )
