"""The example dialogues of local mode: one that is convened, one that takes place today, one that was held.

Everything is made through the services, by the example people; every invented name says that it is one.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from dialogues.models import Series, Session
from dialogues.services import create_series, update_series, update_session
from gesoc.local import NO_DEMO
from partners.demo import EXAMPLE, STAFF
from partners.models import Organisation, PrivacyNotice, User
from partners.services import notice_in_force

from . import held, planned, today

SERIES = f"Pavimento en Torreón, de los contratos a las calles {EXAMPLE}"
PURPOSE = "Mesas que se siguen: quién gana los contratos y qué calles revisamos hasta que se entreguen."
NOTICE = (
    "La organización que convoca usa tu nombre, tu correo y tu sector solo para organizar este diálogo. "
    "No se publican. Puedes pedir que se borren."
)


def load_dialogues() -> int:
    """What is missing of the examples; what somebody changed since stays. Local mode only. How many there are."""
    if not settings.LOCAL:
        raise ImproperlyConfigured(NO_DEMO)
    _notice()
    by = User.objects.get(email=STAFF.email)
    for title, tell in ((held.TITLE, held.tell), (today.TITLE, today.open_room), (planned.TITLE, planned.plan)):
        if not Session.objects.filter(title=title).exists():
            with transaction.atomic():  # a start that is interrupted leaves no half of an example
                tell(by=by)
    _tell_series(by)
    today.keep_open()
    return Session.objects.filter(is_example=True).count()


def _tell_series(by: User) -> None:
    """Those of one organisation and one city are one story."""
    if Series.objects.filter(title=SERIES).exists():
        return
    host = Organisation.objects.get(slug="laguna-abierta")
    with transaction.atomic():
        series = create_series(title=SERIES, host_organisation=host, by=by)
        update_series(series=series, fields={"purpose": PURPOSE}, by=by)
        for session in Session.objects.filter(is_example=True, host_organisation=host, series=None):
            update_session(session=session, fields={"series": series}, by=by)


def _notice() -> None:
    """Registration needs a notice; the example says that it is one."""
    if notice_in_force("es-mx") is None:
        PrivacyNotice.objects.create(
            version="ejemplo", language="es-mx", short_text=NOTICE, full_text=f"Aviso de ejemplo. {NOTICE}"
        )
