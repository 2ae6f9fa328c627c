"""An example of what people do with a question: an explanation, and an answer of the public body; and of a cap to compare
with. All invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from datasets.flags import evaluate_missing, record_reply, review_flag
from datasets.laws import confirm_legal, save_legal
from datasets.models import Flag, ProcurementCap
from partners.models import User


def load_answers(*, by: User) -> bool:
    """Once; nothing where the example files raise no such question or somebody has worked on it already."""
    load_cap(by=by)
    evaluate_missing()
    flag = Flag.objects.standing().filter(public_body__municipality="05035", indicator="mayor-proveedor").first()
    if flag is None or flag.reviews.exists() or flag.replies.exists():
        return False
    record_reply(
        flag=flag,
        text=(
            "EJEMPLO: El proveedor ganó tres licitaciones de repavimentación en las que participaron otras empresas; "
            "las actas de fallo se publicarán en el portal."
        ),
        signed_by="Dirección de Obras Públicas (ejemplo)",
        answered_on=date(2025, 5, 20),
        url="",
        by=by,
    )
    review_flag(
        flag=flag,
        state=Flag.State.EXPLAINED,
        reason="EJEMPLO: Revisamos las actas de fallo que envió la dirección; falta ver quién más cotizó.",
        by=by,
    )
    return True


def load_cap(*, by: User) -> bool:
    """A cap of direct awards for one municipality, once; it says that it is invented."""
    if ProcurementCap.objects.filter(is_example=True).exists():
        return False
    cap = ProcurementCap(
        municipality_id="05035",
        method="direct",
        most=Decimal("500000.00"),
        with_tax=True,
        citation="EJEMPLO: acuerdo de topes inventado para esta muestra",
        is_example=True,
    )
    save_legal(legal=cap, by=by)
    confirm_legal(legal=cap, by=by)
    return True
