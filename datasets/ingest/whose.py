"""Whose money a file is that names no public body: what a person said of the last one like it, or what its rows let slip.

Either is an assumption: the load says it with its reason, the review page can change it, and what rests on signs alone is
not published by itself.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from datasets.ingest.bodies import BodyRef, Place, Territory, resolve_body
from datasets.ingest.shapes import Clues, Reading
from datasets.ingest.slices import Supposed
from datasets.ingest.understand import fingerprint, said_body
from datasets.models import Ingest, PublicBody
from gesoc.common.text import search_text

_SMALL_WORDS = frozenset({"de", "del", "la", "las", "los", "el", "y", "e", "en", "para", "por", "a"})
KINDS_WITH_ACRONYM = (PublicBody.Kind.STATE_AGENCY, PublicBody.Kind.MUNICIPAL_AGENCY, PublicBody.Kind.UNKNOWN)
HINT = "Si no es así, di de quién es al revisar y vuelve a cargar."


def suppose(ingest: Ingest, reading: Reading, territory: Territory) -> Supposed | None:
    """What a person said before goes first; then the signs in the rows."""
    return _as_told(ingest, reading) or _as_signed(reading.clues, territory)


# -- what a person said before ----------------------------------------------------------------------------------------


def _as_told(ingest: Ingest, reading: Reading) -> Supposed | None:
    """The one answer that people gave for files like this one; where they gave several, a person is asked again."""
    for told, like in _told(ingest, reading):
        if (body := _only_answer(told)) and (last := told.first()):
            where = f"la carga {last.pk} ({last.created_at:%d/%m/%Y})"
            return Supposed(body, f"Se tomó como dinero de «{body.name}»: así se indicó en {where}, {like}.", told=True)
    return None


def _told(ingest: Ingest, reading: Reading) -> list[tuple[QuerySet[Ingest], str]]:
    """Earlier answers about files of the same source, and of the same organisation, headings and publisher."""
    voice = list(reading.clues.voice)
    told = answered().exclude(pk=ingest.pk).filter(report__voice=voice)
    scopes = []
    if ingest.file.source_id:
        scopes.append((told.filter(file__source=ingest.file.source_id), "un archivo de la misma fuente"))
    if ingest.file.pk and reading.clues.names_somebody:
        ours = ingest.file.organisations.values("pk")
        same = told.filter(file__organisations__in=ours, report__fingerprint=fingerprint(reading)).distinct()
        scopes.append((same, "un archivo de la misma organización con los mismos encabezados y firmado igual"))
    return scopes


def answered() -> QuerySet[Ingest]:
    """Loads that stand, of which somebody said whose money they are; newest first. A load that was read again does not count."""
    said = Q(options__has_key="municipality") | Q(options__has_key="public_body")
    stands = Q(status__in=[Ingest.Status.READY, Ingest.Status.PUBLISHED], followed_by__isnull=True)
    return Ingest.objects.filter(said, stands).order_by("-created_at", "-pk")


def _only_answer(told: QuerySet[Ingest]) -> BodyRef | None:
    answers = {
        (options.get("municipality"), options.get("public_body")): options
        for options in told.values_list("options", flat=True)
    }
    return said_body(next(iter(answers.values()))) if len(answers) == 1 else None


def last_answer(ingest: Ingest) -> str:
    """Whose the last file of the same organisation with the same headings was: told beside the question, never taken."""
    mark = ingest.report.get("fingerprint")
    if not mark or not ingest.file.pk:
        return ""
    ours = ingest.file.organisations.values("pk")
    last = answered().filter(file__organisations__in=ours, report__fingerprint=mark).exclude(pk=ingest.pk).first()
    body = said_body(last.options) if last else None
    return body.name if body else ""


# -- what its rows let slip -------------------------------------------------------------------------------------------


def _as_signed(clues: Clues, territory: Territory) -> Supposed | None:
    if clues.municipal_government:
        return _own_municipality(clues, territory)
    if not (clues.acronym and clues.state_code):
        return None
    state = territory.states[clues.state_code]
    ref = _known(clues) or BodyRef("unknown", f"{clues.acronym}, {state}", None, clues.state_code)
    message = (
        f"El archivo no nombra a su institución: se tomó como dinero de «{ref.name}», porque las áreas responsables de todas "
        f"sus filas firman con «{clues.acronym}» y sus enlaces son del gobierno de {state}."
    )
    return Supposed(ref, message)


def _own_municipality(clues: Clues, territory: Territory) -> Supposed | None:
    ref = resolve_body(Place(entity_name=clues.municipal_government, level="municipal"), territory)
    if ref is None or ref.kind != "municipality":
        return None
    message = (
        f"El archivo no nombra a su institución: se tomó como dinero de «{ref.name}», porque todos los ingresos propios los "
        f"entregó «{clues.municipal_government}» y la información es de su tesorería."
    )
    return Supposed(ref, message)


def _known(clues: Clues) -> BodyRef | None:
    """The one confirmed body of that state whose name has these initials."""
    wanted = search_text(clues.acronym)
    bodies = PublicBody.objects.filter(state=clues.state_code, kind__in=KINDS_WITH_ACRONYM, confirmed=True)
    found = [body for body in bodies if initials(body.name) == wanted or wanted in body.name_key.split()]
    if len(found) != 1:
        return None
    body = found[0]
    return BodyRef(body.kind, body.name, body.municipality_id, body.state_id, slug=body.slug)


def initials(name: str) -> str:
    """`Comisión Estatal del Agua y Alcantarillado del Estado de Hidalgo`: ceaa."""
    words = search_text(name).partition(" del estado ")[0].split()
    return "".join(word[0] for word in words if word not in _SMALL_WORDS)
