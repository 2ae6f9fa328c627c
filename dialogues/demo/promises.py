"""What was promised in the example that was held: one commitment in each state, so that the board shows them all."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from dialogues import clock
from dialogues.models import Commitment, CommitmentFigure, CommitmentVerification, Session
from dialogues.services import commitment_figures
from dialogues.services import commitments as change
from partners.models import Organisation, User
from projects.models import Challenge, Evidence

# A page of an example: the address is nobody's.
SEEN_AT = "https://ecologia.example/multas"


def promise(session: Session, *, office: Organisation, by: User) -> None:
    host = session.host_organisation
    media = Organisation.objects.get(slug="voz-de-la-costa")
    _in_progress(session, office, by)
    _verified(session, office, host, by)
    _reported(session, media, by)
    _postponed(session, office, by)
    _missed(session, office, by)
    _cancelled(session, host, by)
    proof = "Hay tres actas de reunión con fecha."
    accepted = _write(session, host, "Llevar el mapa impreso a las tres colonias", proof, 45, by)
    accepted.supporters.add(media)
    proof = "Una persona del gremio aceptó por escrito."
    _write(session, None, "Buscar quién lea los planos de obra sin cobrar", proof, 60, by, accepted=False)


def _write(
    session: Session, who: Organisation | None, text: str, proof: str, days: int, by: User, *, accepted: bool = True
) -> Commitment:
    """Due `days` after today by the clocks of the place."""
    commitment = Commitment(
        session=session,
        project=session.projects.first(),
        challenge=Challenge.objects.filter(project__in=session.projects.all(), visibility="publica").first(),
        responsible=who,
        text=text,
        verification=proof,
        due_on=_in_days(session, days),
        is_example=True,
    )
    return change.record_commitment(commitment=commitment, accepted=accepted, by=by)


def _in_days(session: Session, days: int) -> datetime.date:
    return clock.today(session.tz, timezone.now()) + datetime.timedelta(days=days)


def _in_progress(session: Session, office: Organisation, by: User) -> None:
    text = "Publicar los permisos de obra de la costa con sus coordenadas"
    proof = "Al menos 90 de cada 100 permisos publicados dicen dónde es la obra."
    found = _write(session, office, text, proof, 20, by)
    change.report_progress(commitment=found, kept=False, note="Van 62 de cada 100.", organisation=office, by=by)
    cards = Evidence.objects.filter(uses__project__in=session.projects.all(), visibility="publica")
    card = cards.filter(releases__isnull=False).first()
    if card is not None:
        change.attach_evidence(commitment=found, evidence=card, by=by)
        _watch(found, card, by)


def _watch(commitment: Commitment, card: Evidence, by: User) -> None:
    """Where the example files are loaded a published figure stands beside the promise."""
    release = card.releases.first()
    if release is None:
        return
    figure = CommitmentFigure(
        public_body=release.public_body,
        kind=CommitmentFigure.Kind.EXPENDITURE,
        year=release.year,
        moment="accrued",
        by="chapter",
        heading="3000",
        direction=CommitmentFigure.Direction.AT_LEAST,
        target=Decimal("1000000"),
    )
    commitment_figures.set_figure(commitment=commitment, figure=figure, by=by)


def _verified(session: Session, office: Organisation, host: Organisation, by: User) -> None:
    text, proof = "Publicar cada mes el registro de multas ambientales", "El registro está en línea antes del día 10."
    found = _write(session, office, text, proof, -6, by)
    note = "Ya está el registro de este mes."
    found = change.report_progress(
        commitment=found, kept=True, note=note, evidence_url=SEEN_AT, organisation=office, by=by
    )
    change.verify_commitment(
        commitment=found,
        organisation=host,
        scale=CommitmentVerification.Scale.COMPLETE,
        note="Se abrió el registro: dice obra, colonia, motivo y monto de cada multa.",
        evidence_url=SEEN_AT,
        by=by,
    )


def _reported(session: Session, media: Organisation, by: User) -> None:
    text, proof = "Contar en una nota cómo se pide ver un permiso", "La nota está publicada y dice cada paso."
    found = _write(session, media, text, proof, -2, by)
    note = "Salió en la edición del lunes."
    change.report_progress(commitment=found, kept=True, note=note, organisation=media, by=by)


def _postponed(session: Session, office: Organisation, by: User) -> None:
    text = "Responder por escrito de quién son las cuatro obras sin permiso a la vista"
    proof = "Hay un oficio con el número de permiso de cada obra, o que no lo tiene."
    found = _write(session, office, text, proof, -10, by)
    for days, reason in ((-1, "El archivo está en otro edificio."), (14, "Cambió la persona que firma el oficio.")):
        found = change.postpone_commitment(commitment=found, due_on=_in_days(session, days), reason=reason, by=by)


def _missed(session: Session, office: Organisation, by: User) -> None:
    proof = "La lista se recibió en archivo abierto."
    found = _write(session, office, "Entregar la lista de inspecciones del año", proof, -8, by)
    reason = "La fecha pasó, no llegó la lista y la oficina respondió que no la tiene."
    change.break_commitment(commitment=found, reason=reason, by=by)


def _cancelled(session: Session, host: Organisation, by: User) -> None:
    found = _write(session, host, "Rentar un dron para fotografiar las obras", "Las fotos están en la página.", 40, by)
    reason = "La mesa acordó caminar la costa con el mapa impreso: cuesta menos y muestra lo mismo."
    change.cancel_commitment(commitment=found, reason=reason, by=by)
