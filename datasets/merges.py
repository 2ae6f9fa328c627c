"""One identity for a supplier under several spellings. Lines and rollups of releases never change: what is added up over them
follows the identity, and separates again when a merge is undone."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets.models import Contract, Release, Supplier, SupplierMerge
from datasets.releases import tell
from datasets.selectors.registers import same_suppliers
from datasets.suppliers import lock_suppliers, recount
from datasets.versions import bump_data_version
from partners.audit import acting, given
from partners.models import User


def merge_suppliers(*, supplier: Supplier, into: Supplier, by: User, reason: str) -> SupplierMerge:
    """Count `supplier` with `into` from now on. Both stand for themselves until then; `supplier` stands for nobody else."""
    with acting(by, "merge_suppliers", reason=given(reason)):
        lock_suppliers()
        ids = [supplier.pk, into.pk]
        found = {one.pk: one for one in Supplier.objects.select_for_update().filter(pk__in=ids)}
        _may_merge(found[supplier.pk], found[into.pk])
        merge = SupplierMerge(supplier=supplier, into=into, by=by, reason=given(reason))
        merge.full_clean()
        merge.save()
        _point(found[supplier.pk], into, other=into.pk)
        return merge


def undo_merge(*, merge: SupplierMerge, by: User, reason: str) -> SupplierMerge:
    """Count the two apart again, as before the merge."""
    with acting(by, "undo_merge", reason=given(reason)):
        lock_suppliers()
        current = SupplierMerge.objects.select_for_update().select_related("supplier").get(pk=merge.pk)
        if current.undone_at is not None:
            raise ValidationError(_("This merge has been undone already."))
        current.undone_by, current.undone_at, current.undone_reason = by, timezone.now(), given(reason)
        current.full_clean()
        current.save()
        _point(current.supplier, None, other=current.into_id)
        return current


def _may_merge(supplier: Supplier, into: Supplier) -> None:
    if supplier.pk == into.pk:
        raise ValidationError(_("Choose two different suppliers."))
    if supplier.merged_into_id or into.merged_into_id:
        raise ValidationError(_("One of the two is counted with another supplier already. Undo that first."))
    if supplier.spellings.exists():
        raise ValidationError(
            _("Others are counted with this supplier. Merge the other way round, or undo those first.")
        )


def _point(supplier: Supplier, into: Supplier | None, *, other: int) -> None:
    """Count `supplier` with `into` from now on, or apart from `other`, with whom it was counted."""
    supplier.merged_into = into
    supplier.save(update_fields=["merged_into"])
    family = {supplier.pk, *Supplier.objects.filter(Q(pk=other) | Q(merged_into=other)).values_list("pk", flat=True)}
    recount(sorted(family))
    bump_data_version()
    tell(_public_releases(family))


def _public_releases(family: Iterable[int]) -> list[int]:
    """The lists whose indicators may count suppliers otherwise now: of the whole family, of which one may be barred by a
    register without having sold, and of companies that bear one of its names, whom that register bars with it."""
    same = {pk for pks in same_suppliers(family).values() for pk in pks}
    lines = Contract.objects.filter(supplier__in=same).order_by().values("release")
    return list(Release.objects.published().filter(pk__in=lines).order_by("pk").values_list("pk", flat=True))
