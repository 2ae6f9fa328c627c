"""Costs and permits on a coast of Quintana Roo: far along."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from partners.models import Person, User
from partners.services import save_person
from projects import services
from projects.models import (
    Challenge,
    ChangeHypothesis,
    DataGap,
    Evidence,
    Indicator,
    LearningNote,
    MoneyTrail,
    Outcome,
    Project,
    Reading,
    RouteStep,
    Substantiation,
)

from .telling import ago, begin, card_of, log, organisation, user


def coast(slug: str) -> None:
    itzel = user("facilitadora@litoral-vivo.example")
    project = begin(
        slug,
        itzel,
        ("23005", "23008"),
        title="Costas con permisos a la vista",
        lead_organisation=organisation("litoral-vivo"),
        problem_statement=(
            "Se autorizan obras en la franja costera sin que nadie pueda ver el permiso ni el plano. Vecinas y "
            "pescadores se enteran cuando la obra ya empezó, y el costo de vigilar lo paga quien vive ahí."
        ),
        public_summary=(
            "Vecinas, pescadores y hoteles discuten la misma pregunta: ¿qué obras se autorizan en la costa, cuánto "
            "cuesta cuidarla y quién vigila?"
        ),
        starts_on=ago(260),
    )
    _story(project, itzel)
    _learning(project, itzel)
    challenge, card = _challenges(project, itzel)
    _words(project, challenge, itzel)
    _indicator(project, itzel)
    _trail(project, challenge, card, itzel)
    _outcome(project, card, itzel)


def _story(project: Project, by: User) -> None:
    media = services.invite_partner(
        project=project, organisation=organisation("voz-de-la-costa"), role="asesora", by=by
    )
    services.accept_partnership(partner=media, by=None)
    for stage, reason in (
        ("diagnostico", "Tres colonias reportaron obras sin permiso a la vista; decidimos juntar datos."),
        ("codiseno", "Ya hay gasto publicado de dos municipios y una solicitud respondida a medias."),
        ("implementacion", "La mesa acordó qué publicar y cada cuándo."),
    ):
        services.change_stage(project=project, to_stage=stage, reason=reason, by=by)
    log(
        project,
        by,
        (
            230,
            "reunion",
            "Recorrido por la costa con 14 vecinas y pescadores. Se marcaron 9 obras en el mapa.",
            "publica",
        ),
        (
            180,
            "hallazgo",
            "Los permisos se guardan en papel, por folio y no por lugar. Por eso nadie los encuentra.",
            "publica",
        ),
        (120, "decision", "Se pide primero el listado con coordenadas; los planos después.", "publica"),
        (60, "riesgo", "La dirección cambia de titular en enero. Hay que dejar el acuerdo por escrito.", "privada"),
        (12, "cambio", "El municipio empezó a subir multas ambientales cada mes, sin que se le pida.", "publica"),
    )


def _words(project: Project, challenge: Challenge, by: User) -> None:
    """What is said beside a log entry and a challenge."""
    team = user("equipo@gesoc.example")
    found = project.log.get(kind="hallazgo")
    services.write_comment(target=found, text="En Tulum pasa lo mismo: el folio no dice la colonia.", by=team)
    services.write_comment(target=found, text="Pidamos el plano de la ventanilla: ahí sí está el predio.", by=by)
    services.write_comment(target=challenge, text="¿Lo llevamos a la mesa de junio?", by=team, network_only=True)


def _learning(project: Project, by: User) -> None:
    services.write_note(
        note=LearningNote(
            project=project,
            on=ago(20),
            did="Dos reuniones con la dirección de ecología y una con hoteles.",
            learned="Cuando llevamos el mapa impreso, la conversación deja de ser sobre culpas.",
            next="Convocar a la academia con un mes de aviso.",
            blocked_by="No tenemos a nadie que lea planos.",
            visibility="publica",
        ),
        by=by,
    )
    services.write_note(
        note=LearningNote(project=project, on=ago(50), did="Revisar permisos.", blocked_by="Cansancio del equipo."),
        by=by,
    )
    old = services.save_hypothesis(
        hypothesis=ChangeHypothesis(
            project=project,
            if_text="publicamos los permisos que conseguimos",
            then_text="el municipio publicará los demás",
            because_text="no querrá verse menos abierto que nosotras",
        ),
        by=by,
    )
    services.adjust_hypothesis(
        hypothesis=old,
        new=ChangeHypothesis(
            if_text="mostramos a la dirección cuánto tiempo ahorra publicar por lugar",
            then_text="publicará los permisos con coordenadas",
            because_text="hoy responde a mano las mismas preguntas cada semana",
        ),
        reason="Publicar primero los puso a la defensiva; lo que les movió fue el tiempo que pierden.",
        by=by,
    )


def _challenges(project: Project, by: User) -> tuple[Challenge, Evidence | None]:
    card = card_of(
        reverse("municipality_expenditure", args=["23005"]),
        "partes",
        "",
        "",
        "No dice en qué playas se gastó ni si la obra se terminó; es la cuenta pública por capítulo.",
        by,
    )
    challenge = services.save_challenge(
        challenge=Challenge(
            project=project,
            organisation=project.lead_organisation,
            title="Nadie puede ver qué obra tiene permiso",
            statement="Los permisos de obra en zona costera no se publican con su lugar.",
            who_is_affected="Vecinas de tres colonias, pescadores de la laguna y quienes compran sin saber.",
            visibility="publica",
        ),
        municipalities=project.municipalities.all(),
        by=by,
    )
    services.save_challenge(
        challenge=Challenge(
            project=project,
            organisation=project.lead_organisation,
            title="Los permisos se archivan por folio y no por lugar",
            statement="La oficina no tiene capa de mapa, así que no puede responder por colonia.",
            visibility="publica",
            cause_of=challenge,
        ),
        by=by,
    )
    if card:
        services.attach_evidence(evidence=card, challenge=challenge, claim="Cuánto cuesta cuidar la costa", by=by)
        services.attach_evidence(evidence=card, project=project, by=by)
    plan = services.save_evidence(
        evidence=Evidence(
            kind=Evidence.Kind.DOCUMENT,
            title="Plan municipal de desarrollo (ejemplo)",
            document_title="Plan municipal de desarrollo (ejemplo)",
            document_page="p. 84",
            reading="El plan promete publicar los permisos de obra costera antes de terminar el periodo.",
            does_not_say="No dice en qué formato ni quién responde.",
            municipality_id="23005",
            visibility="publica",
            is_example=True,
            organisation=project.lead_organisation,
        ),
        by=by,
    )
    services.attach_evidence(evidence=plan, project=project, strength="fuerte", by=by)
    return challenge, card


def _indicator(project: Project, by: User) -> None:
    indicator = services.save_indicator(
        indicator=Indicator(
            project=project,
            name="Permisos publicados con coordenadas",
            definition="Permisos de obra en zona costera cuyo registro público dice dónde es la obra.",
            unit="de cada 100",
            baseline=12,
            baseline_on=ago(260),
            target=90,
            target_on=timezone.localdate() + datetime.timedelta(days=200),
        ),
        by=by,
    )
    for days, value in ((180, 18), (90, 41), (15, 62)):
        reading = services.send_reading(
            reading=Reading(indicator=indicator, value=value, as_of=ago(days), note="Conteo propio (ejemplo)."), by=by
        )
        services.approve_reading(reading=reading, by=None)


def _trail(project: Project, challenge: Challenge, card: Evidence | None, by: User) -> None:
    trail = services.start_trail(
        trail=MoneyTrail(
            project=project,
            challenge=challenge,
            title="Sigue el dinero del saneamiento de playas",
            programme="Saneamiento y vigilancia de playas (ejemplo)",
            public_body=card.public_body if card else None,
            started_on=ago(100),
        ),
        by=by,
    )
    for source, found in (
        ("Plan municipal de desarrollo", "Está el objetivo; no el monto."),
        ("Cuenta pública por objeto del gasto", "El capítulo, no las playas."),
        ("Contratos publicados del año", "Ninguno nombra el programa."),
    ):
        services.add_step(step=RouteStep(trail=trail, order=0, source=source, found=found), by=by)
    answers = list(trail.answers.all())
    answers[0].state, answers[0].text = "encontrado", "Limpiar y vigilar seis playas públicas, según el plan."
    answers[1].state, answers[1].text = "en_parte", "Se ve el capítulo en la cuenta pública; no cuánto es de playas."
    answers[1].evidence = card
    answers[3].state = "no_encontrado"
    answers[3].failed_search = "Contratos del año, por «playa», «costa» y «saneamiento»: ninguno."
    for answer in (answers[0], answers[1], answers[3]):
        services.answer_question(answer=answer, by=by)
    gap = DataGap.objects.get(asked_in=answers[3])
    gap.created_at = timezone.now() - datetime.timedelta(days=45)  # noted before it was asked for
    services.save_gap(gap=gap, by=by)
    services.request_gap(
        gap=gap,
        folio="231284726000117 (ejemplo)",
        asked_on=ago(40),
        due_on=ago(12),
        letter="Solicito los contratos del programa de saneamiento de playas, en formato abierto.",
        by=by,
    )


def _outcome(project: Project, card: Evidence | None, by: User) -> None:
    outcome = services.save_outcome(
        outcome=Outcome(
            project=project,
            actor="Dirección municipal de ecología (ejemplo)",
            what_changed="Publica cada mes el registro de multas ambientales, que antes solo daba por solicitud.",
            on=ago(30),
            kind="practica",
            level=2,
            significance="Cualquiera puede ver qué obra fue multada antes de comprar o de reclamar.",
            contribution="La mesa mostró con el mapa qué preguntas se repetían y acordó con la dirección el formato.",
            visibility="publica",
            municipality_id="23005",
        ),
        evidence=[card] if card else [],
        by=by,
    )
    outsider = Person.objects.with_email("verifica@ejemplo.example").first() or save_person(
        person=Person(full_name="Rosa Uc (ejemplo)", email="verifica@ejemplo.example", source="Datos de ejemplo"),
        by=by,
    )
    Outcome.objects.filter(pk=outcome.pk).update(state=Outcome.State.CHECKING)
    asked = Substantiation.objects.create(outcome=outcome, person=outsider, asked_by=by)
    services.answer_substantiation(
        substantiation=asked,
        verdict="de_acuerdo",
        comment="Es cierto: lo consulto cada mes desde septiembre.",
        show_name=True,
    )
    services.save_outcome(
        outcome=Outcome(
            project=project,
            actor="Asociación de hoteles (ejemplo)",
            what_changed="Pidió por escrito que se publiquen los permisos de todos, incluidos los suyos.",
            on=ago(10),
            kind="accion",
            significance="Quienes construyen dejan de ver la publicación como amenaza.",
            contribution="Llegaron a la mesa por invitación de Voz de la Costa.",
            visibility="red",
        ),
        by=by,
    )
