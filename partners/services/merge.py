"""Two records that are one: whatever points to the first is moved to the second, and can be moved back for a while.

The foreign keys of the whole model registry are walked, so that an app that is added later is covered by itself. A
merge that would leave one reference behind is refused as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import pghistory.models
import pgtrigger
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.audit import acting
from partners.models import (
    Affiliation,
    Membership,
    Merge,
    NotDuplicate,
    Organisation,
    OrganisationStatus,
    Person,
    Relationship,
    User,
)

from .organisations import save_organisation

Record = Person | Organisation
# Rows that tell of the merged one itself stay with it.
OF_ITS_OWN: tuple[type[models.Model], ...] = (OrganisationStatus,)
# What else changes in a row that moves, so that it fits beside those that are there; None: it is dropped (and kept
# for an undo). Apps above may add theirs: (model, name of the foreign key) -> function of (row, target).
Adjustment = Callable[[Any, Any], "Mapping[str, Any] | None"]
ADJUSTMENTS: dict[tuple[type[models.Model], str], Adjustment] = {}

# What has to be set right before rows move, because two of them could not stand side by side afterwards.
Preparation = Callable[["Record", "Record", "Moves"], None]
_preparations: list[Preparation] = []


def add_preparation(preparation: Preparation) -> None:
    """Register what an app sets right before a merge, by `change_row`; once, from `AppConfig.ready`."""
    if preparation not in _preparations:
        _preparations.append(preparation)


@dataclass
class Moves:
    """What a merge moved, dropped or could not move."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(what, how many) in the words of the models, most first."""
        found = Counter(
            str(apps.get_model(entry["model"])._meta.verbose_name_plural)
            for entry in self.entries
            if not entry.get("own") and not entry.get("prepared")
        )
        return found.most_common()


class _Undone(Exception):
    """Rolls a preview back."""


def preview_merge(*, source: Record, target: Record) -> Moves:
    """What a merge would move: it is carried out and rolled back, so that the preview cannot differ from it."""
    moves = Moves()
    try:
        with transaction.atomic():
            moves = _carry_out(source, target, None)
            raise _Undone
    except _Undone:
        return moves


def merge_people(*, source: Person, target: Person, by: User) -> Merge:
    return _merge(Merge.Kind.PERSON, source, target, by)


def merge_organisations(*, source: Organisation, target: Organisation, by: User) -> Merge:
    return _merge(Merge.Kind.ORGANISATION, source, target, by)


def _merge(kind: str, source: Record, target: Record, by: User) -> Merge:
    with acting(by, f"merge_{kind}"):
        moves = _carry_out(source, target, by)
        if moves.stuck:
            raise ValidationError(
                _("Nothing was merged, because these would be left behind: %(rows)s"),
                params={"rows": "; ".join(moves.stuck)},
            )
        return Merge.objects.create(kind=kind, source_id=source.pk, target_id=target.pk, moved=moves.entries, by=by)


def _carry_out(source: Record, target: Record, by: User | None) -> Moves:
    source, target = _locked_pair(source, target)
    moves = Moves()
    for prepare in _preparations:
        prepare(source, target, moves)
    if isinstance(source, Person):
        _merge_fields_of_person(source, cast("Person", target), moves)
    for relation in relations_to(type(source)):
        _move(relation, source, target, moves)
    _mark_merged(source, target, moves, by)
    return moves


def _locked_pair(source: Record, target: Record) -> tuple[Record, Record]:
    if type(source) is not type(target) or source.pk == target.pk:
        raise ValidationError(_("Choose two different records."))
    found: dict[int, Any] = {
        row.pk: row
        for row in type(source)
        ._default_manager.select_for_update()
        .filter(pk__in=(source.pk, target.pk))
        .order_by("pk")
    }
    for row in found.values():
        if row.merged_into_id or getattr(row, "state", Person.State.ACTIVE) != Person.State.ACTIVE:
            raise ValidationError(_("One of the two was merged or anonymised already."))
    return found[source.pk], found[target.pk]


def relations_to(model: type[models.Model]) -> Iterator[ForeignObjectRel]:
    """Every foreign key of the registry that points to the model; its own history and what is of its own stay."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or isinstance(relation, models.ManyToManyRel):
            continue
        rows = relation.related_model
        if issubclass(rows, pghistory.models.Event) or rows in OF_ITS_OWN or rows._meta.proxy:
            continue
        yield relation


def _move(relation: ForeignObjectRel, source: Record, target: Record, moves: Moves) -> None:
    rows = relation.related_model
    key = cast("models.ForeignKey[Any, Any]", relation.field)
    with ExitStack() as unlocked:
        for trigger in _protections(rows):
            unlocked.enter_context(pgtrigger.ignore(trigger))
        for row in rows._base_manager.filter(**{key.name: source}).order_by("pk"):
            _move_row(row, key, target, moves)


def _protections(rows: type[models.Model]) -> Iterable[str]:
    """Append-only tables: to whom a row belongs is all that a merge changes in it."""
    triggers = getattr(rows._meta, "triggers", [])
    return [f"{rows._meta.label}:{one.name}" for one in triggers if isinstance(one, pgtrigger.Protect)]


def _move_row(row: Any, key: models.ForeignKey[Any, Any], target: Record, moves: Moves) -> None:
    adjust = ADJUSTMENTS.get((type(row), key.name), lambda row, target: {})
    more = adjust(row, target)
    if more is not None:
        now = {key.attname: target.pk, **more}
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**now)
            was = {name: getattr(row, name) for name in now}
            moves.entries.append({"model": row._meta.label_lower, "pk": row.pk, "was": was, "now": now})
            return
        except DatabaseError:
            if not row._meta.auto_created:  # the second of two equal links says nothing new
                moves.stuck.append(f"{row._meta.verbose_name}: {row}")
                return
    _drop(row, moves)


def change_row(row: Any, moves: Moves, **now: Any) -> None:
    """Change a row that stays where it is; taking the merge back takes this back too."""
    was = {name: getattr(row, name) for name in now}
    type(row)._base_manager.filter(pk=row.pk).update(**now)
    moves.entries.append({"model": row._meta.label_lower, "pk": row.pk, "was": was, "now": now, "prepared": True})


def _drop(row: Any, moves: Moves) -> None:
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    type(row)._base_manager.filter(pk=row.pk).delete()
    moves.entries.append({"model": row._meta.label_lower, "dropped": values})


def _merge_fields_of_person(source: Person, target: Person, moves: Moves) -> None:
    """What only one of the two says is kept; an account goes with the one that stays."""
    if source.user_id and target.user_id:
        raise ValidationError(_("Both have an account: close one of them first."))
    user_id = source.user_id
    if user_id:
        _set(source, moves, user_id=None)
    taken = {name: getattr(source, name) for name in ("email", "phone", "municipality_id") if not getattr(target, name)}
    filled = {name: value for name, value in taken.items() if value}
    if "email" in filled:
        filled["shared_email"] = source.shared_email
    if user_id:
        filled["user_id"] = user_id
    _set(source, moves, state=Person.State.MERGED, merged_into_id=target.pk)
    _set(target, moves, **filled)


def _mark_merged(source: Record, target: Record, moves: Moves, by: User | None) -> None:
    if isinstance(source, Organisation):
        was = {"status": source.status, "merged_into_id": None}
        source.status, source.merged_into = Organisation.Status.LEFT, cast("Organisation", target)
        save_organisation(organisation=source, by=by, reason=_("Merged into %s") % target)
        entry = {"model": source._meta.label_lower, "pk": source.pk, "was": was, "own": True}
        moves.entries.append(entry | {"now": {"status": source.status, "merged_into_id": target.pk}})


def _set(row: Record, moves: Moves, **now: Any) -> None:
    if not now:
        return
    was = {name: getattr(row, name) for name in now}
    for name, value in now.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    moves.entries.append({"model": row._meta.label_lower, "pk": row.pk, "was": was, "now": now, "own": True})


# -- and back -----------------------------------------------------------------------------------------------------


def undo_merge(*, merge: Merge, by: User) -> Merge:
    """Everything that was moved goes back, unless somebody changed it since; dropped rows are there again."""
    with acting(by, "undo_merge"):
        current = Merge.objects.select_for_update().get(pk=merge.pk)
        if not current.can_be_undone:
            raise ValidationError(_("This merge can no longer be taken back."))
        model = Person if current.kind == Merge.Kind.PERSON else Organisation
        target: Any = model._default_manager.select_for_update().get(pk=current.target_id)
        if target.merged_into_id:
            raise ValidationError(_("It was merged again afterwards: take back the later merge first."))
        for entry in reversed(current.moved):
            _put_back(entry, by)
        current.undone_at, current.undone_by, current.moved = timezone.now(), by, []
        current.save(update_fields=["undone_at", "undone_by", "moved"])
        return current


def _put_back(entry: dict[str, Any], by: User) -> None:
    model: Any = apps.get_model(entry["model"])
    if "dropped" in entry:
        values = {one.attname: one.to_python(entry["dropped"][one.attname]) for one in model._meta.concrete_fields}
        model._base_manager.bulk_create([model(**values)], ignore_conflicts=True)
        return
    with ExitStack() as unlocked:
        for trigger in _protections(model):
            unlocked.enter_context(pgtrigger.ignore(trigger))
        found = model._base_manager.filter(pk=entry["pk"], **entry["now"])
        if not entry.get("own"):
            found.update(**entry["was"])
            return
        for row in found:
            for name, value in entry["was"].items():
                setattr(row, name, value)
            if isinstance(row, Organisation):
                save_organisation(organisation=row, by=by, reason=_("The merge was taken back"))
            else:
                row.full_clean()
                row.save()


def mark_different(*, one: Record, other: Record, by: User) -> None:
    """Somebody looked at the two: they are not suggested as one again."""
    kind = Merge.Kind.PERSON if isinstance(one, Person) else Merge.Kind.ORGANISATION
    low, high = sorted((one.pk, other.pk))
    with acting(by, "mark_different"):
        NotDuplicate.objects.get_or_create(kind=kind, one_id=low, other_id=high, defaults={"by": by})


# -- what has to fit beside what is there ---------------------------------------------------------------------------


def _affiliation(row: Affiliation, target: Person) -> dict[str, Any]:
    """Nobody speaks for two; and once more for the same organisation has ended."""
    held = target.affiliations.filter(until__isnull=True)
    if row.until is not None or not held.exists():
        return {}
    if held.filter(organisation=row.organisation_id).exists():
        return {"until": max(timezone.localdate(), row.since), "is_primary": False}
    return {"is_primary": row.is_primary and not held.filter(is_primary=True).exists()}


def _membership(row: Membership, target: Organisation) -> dict[str, Any]:
    """The same role in both: the second one ends."""
    same = target.memberships.not_ended().filter(user=row.user_id, role=row.role)
    if row.state == Membership.State.ENDED or not same.exists():
        return {}
    return {"state": Membership.State.ENDED, "until": max(timezone.localdate(), row.since)}


def _relationship(row: Relationship, target: Organisation) -> dict[str, Any] | None:
    """With itself, or the same twice: dropped."""
    ends = {row.from_organisation_id, row.to_organisation_id}
    if target.pk in ends:
        return None
    moved = [
        models.Q(from_organisation=target, to_organisation__in=ends),
        models.Q(from_organisation__in=ends, to_organisation=target),
    ]
    twin = Relationship.objects.filter(moved[0] | moved[1], type=row.type, until__isnull=True)
    return None if row.until is None and twin.exists() else {}


ADJUSTMENTS |= {
    (Affiliation, "person"): _affiliation,
    (Membership, "organisation"): _membership,
    (Relationship, "from_organisation"): _relationship,
    (Relationship, "to_organisation"): _relationship,
}
