"""Paving contracts in Coahuila: at co-design."""

from __future__ import annotations

from django.urls import reverse

from partners.models import User
from projects import services
from projects.models import Activity, Challenge, Evidence, Project, ResearchNote

from .drawing import street
from .telling import ago, begin, card_of, log, organisation, user


def paving(slug: str) -> None:
    mariana = user("aliada@laguna-abierta.example")
    project = begin(
        slug,
        mariana,
        ("05035",),
        title="Pavimento con lupa",
        lead_organisation=organisation("laguna-abierta"),
        problem_statement=(
            "Las calles se parchan cada temporada de lluvia. Nadie sabe quién ganó el contrato, por cuánto ni con qué "
            "procedimiento se eligió."
        ),
        public_summary="Seguir cada contrato de pavimentación desde la licitación hasta la calle.",
        starts_on=ago(150),
    )
    academia = services.invite_partner(
        project=project, organisation=organisation("seminario-de-hacienda-local"), role="asesora", by=mariana
    )
    services.accept_partnership(partner=academia, by=None)
    services.change_stage(
        project=project, to_stage="diagnostico", reason="El municipio publicó los contratos de 2024.", by=mariana
    )
    services.change_stage(
        project=project, to_stage="codiseno", reason="Ya sabemos qué preguntar; falta decidir qué calles.", by=mariana
    )
    log(
        project,
        mariana,
        (
            140,
            "reunion",
            "Primera reunión con el Seminario: qué se puede saber con los contratos publicados.",
            "publica",
        ),
        (
            70,
            "hallazgo",
            "Más de la mitad de los contratos se asignó sin concurso, aunque suman poco dinero; falta ver por qué.",
            "publica",
        ),
        (9, "decision", "Se escogen cinco calles para seguirlas hasta la entrega.", "publica"),
    )
    _activities(project, mariana)
    _note(project, mariana, _challenge(project, mariana))


def _activities(project: Project, by: User) -> None:
    for title, days, kind, state in (
        ("Leer los contratos de pavimentación de 2024", -60, "actividad", "hecha"),
        ("Visitar las cinco calles con vecinos", 10, "actividad", "pendiente"),
        ("Presentar el hallazgo en la mesa", 45, "hito", "pendiente"),
    ):
        activity = services.save_activity(
            activity=Activity(
                project=project,
                title=title,
                kind=kind,
                organisation=project.lead_organisation,
                user=by,
                due_on=ago(-days),
            ),
            by=by,
        )
        if state == "hecha":
            services.move_activity(activity=activity, to_state=state, by=by)


def _challenge(project: Project, by: User) -> Evidence | None:
    challenge = services.save_challenge(
        challenge=Challenge(
            project=project,
            organisation=project.lead_organisation,
            title="El pavimento se contrata sin que nadie compita",
            statement="Más de la mitad de los contratos se asigna de forma directa, y no se publica por qué.",
            who_is_affected="Colonias que esperan turno y empresas locales que no pueden competir.",
            visibility="publica",
        ),
        municipalities=project.municipalities.all(),
        by=by,
    )
    services.move_challenge(challenge=challenge, to_state="aceptado", by=by)
    card = card_of(
        reverse("municipality_contracts", args=["05035"]),
        "procedimiento",
        "",
        "",
        "No prueba irregularidades: puede haber urgencias que justifican la asignación directa.",
        by,
    )
    if card:
        services.attach_evidence(evidence=card, challenge=challenge, claim="Cómo se contrata", strength="media", by=by)
    return card


def _note(project: Project, by: User, card: Evidence | None) -> None:
    spanish = _write(
        project,
        by,
        ResearchNote(
            slug="quien-gana-el-pavimento",
            title="¿Quién gana el pavimento en Torreón? (ejemplo)",
            lede="Un contrato puede asignarse de tres maneras. La pregunta es cuánto cuesta cada una, y quién la elige.",
            body=(
                "Un contrato puede asignarse por licitación pública, por invitación a tres o de forma directa. La ley "
                "permite las tres.\n\n## Qué encontramos\n\nEl archivo publicado por el municipio permite ver el "
                f"procedimiento de cada contrato.{_pinned(card)}\n## Cómo lo hicimos\n\n1. Leímos los contratos "
                "publicados.\n2. Los agrupamos por procedimiento.[^1]\n\n**Lo que no sabemos:** el archivo no dice la "
                "superficie de cada calle ni cuáles de estas capas se pagaron.\n\n[[imagen]]\n\n[^1]: Como lo dice el "
                "archivo: licitación pública, invitación a tres o adjudicación directa.\n"
            ),
        ),
        alt="De arriba abajo: asfalto, base, subbase y terreno.",
        caption="De qué está hecha una calle pavimentada. Dibujo propio (ejemplo), sin escala.",
    )
    _write(
        project,
        by,
        ResearchNote(
            slug="who-wins-the-paving",
            title="Who wins the paving in Torreón? (example)",
            lede="A contract can be awarded in three ways. The question is what each of them costs, and who chooses it.",
            body=(
                "A contract can be awarded by open tender, by invitation to three or directly. The law allows all "
                "three.\n\n## What we found\n\nThe file that the municipality publishes tells how each contract was "
                f"awarded.{_pinned(card)}\n## How we did it\n\n1. We read the published contracts.\n2. We grouped them "
                "by procedure.[^1]\n\n**What we do not know:** the file tells neither the surface of each street nor "
                "which of these layers was paid for.\n\n[[imagen]]\n\n[^1]: In the words of the file: licitación "
                "pública (open tender), invitación a tres (invitation to three) or adjudicación directa (direct award).\n"
            ),
            language="en",
            translation_of=spanish,
        ),
        alt="From top to bottom: asphalt (asfalto), base, subbase and soil (terreno).",
        caption="What a paved street is made of. Our own drawing (example), not to scale.",
    )


def _pinned(card: Evidence | None) -> str:
    return f"\n\n[[cifra:{card.key}]]\n" if card else "\n"


def _write(project: Project, by: User, note: ResearchNote, *, alt: str, caption: str) -> ResearchNote:
    """Written, given its picture where `[[imagen]]` stands, reviewed and published."""
    note.authors = "Laguna Abierta y Seminario de Hacienda Local (ejemplo)"
    note.organisation, note.is_example = project.lead_organisation, True
    places = project.municipalities.all()
    services.save_research_note(note=note, projects=[project], municipalities=places, by=by)
    image = services.add_image(note=note, upload=street(), alt=alt, caption=caption, by=by)
    note.body = note.body.replace("[[imagen]]", image.mark)
    services.save_research_note(note=note, by=by)
    sent = services.send_for_review(note=note, by=by)
    services.publish_note(note=sent, by=None)
    return sent
