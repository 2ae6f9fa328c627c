"""Commitments, room, votes and minutes in the permission matrix: what there is on each side, made when it is asked for."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from dialogues.models import Contribution, MinutesPdf, MinutesRevision, SheetPhoto, VoteRound
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import RegistrationFactory, SessionFactory


def _commitment(state: str) -> Any:
    """Of the side's organisation; public where the side's file is published, else for those concerned."""

    def argument(side: Any, user: Any) -> list[Any]:
        visibility = "publica" if side.release.status == "published" else "privada"
        return [CommitmentFactory(responsible=side.organisation, visibility=visibility, state=state).key]

    return argument


def _session(side: Any) -> Any:
    """Of the side's organisation and held; public, with published minutes, where the side's file is published."""
    published = side.release.status == "published"
    session = SessionFactory(
        host_organisation=side.organisation, state="realizada", visibility="publica" if published else "privada"
    )
    state = {"state": "publicada", "edition": 1} if published else {"state": "borrador"}
    MinutesRevision.objects.create(session=session, number=1, body="Texto", **state)
    return session


def _slug(side: Any, user: Any) -> list[Any]:
    return [_session(side).slug]


def _edition(side: Any, user: Any) -> list[Any]:
    session = _session(side)
    for revision in session.minutes.filter(state="publicada"):
        _store(MinutesPdf(revision=revision))
    return [session.slug, 1]


def _store(pdf: MinutesPdf) -> None:
    data = b"%PDF-1.7"
    pdf.sha256, pdf.size, pdf.made_at = hashlib.sha256(data).hexdigest(), len(data), timezone.now()
    if not default_storage.exists(pdf.storage_path):
        default_storage.save(pdf.storage_path, ContentFile(data))
    pdf.save()


def _note(side: Any, user: Any) -> list[Any]:
    session = _session(side)
    return [session.slug, Contribution.objects.create(session=session, text="Nadie publica los planos").key]


def _place(side: Any, user: Any) -> list[Any]:
    session = _session(side)
    return [session.slug, RegistrationFactory(session=session).key]


def _sheet(side: Any, user: Any) -> list[Any]:
    photo = SheetPhoto.objects.create(session=_session(side), content_type="image/png", size=8, width=1, height=1)
    default_storage.save(photo.storage_path, ContentFile(b"\x89PNG\r\n\x1a\n"))
    return [photo.session.slug, photo.key]


def _round(side: Any, user: Any) -> list[Any]:
    session = _session(side)
    return [session.slug, VoteRound.objects.create(session=session, question="¿Qué va primero?").key]


ARGUMENTS = {
    **dict.fromkeys(
        (
            "dialogues:room",
            "dialogues:room_commitment",
            "dialogues:door",
            "dialogues:sheet",
            "dialogues:sheet_photos",
            "dialogues:walk_in",
            "dialogues:screen",
            "dialogues:show_evidence",
            "dialogues:tables",
            "dialogues:seats",
            "dialogues:cards",
            "dialogues:prepare_round",
            "dialogues:minutes",
            "dialogues:after",
            "dialogues:after_json",
        ),
        _slug,
    ),
    "dialogues:minutes_pdf": _edition,
    "dialogues:delete_note": _note,
    "dialogues:note_to_challenge": _note,
    "dialogues:check_in": _place,
    "dialogues:seat": _place,
    "dialogues:sheet_photo": _sheet,
    "dialogues:sheet_image": _sheet,
    "dialogues:erase_sheet_photo": _sheet,
    "dialogues:round": _round,
    "dialogues:vote_by_code": lambda side, user: ["00000000-0000-4000-8000-000000000000"],
    "dialogues:vote_by_link": lambda side, user: ["no-such-token"],
    "dialogues:host_table": lambda side, user: ["no-such-token"],
    "dialogues:comment_minutes": lambda side, user: ["no-such-token"],
    "dialogues:commitment": _commitment("aceptado"),
    "dialogues:commitment_accept": _commitment("propuesto"),
    "dialogues:commitment_report": _commitment("aceptado"),
    "dialogues:commitment_postpone": _commitment("aceptado"),
    "dialogues:commitment_dispute": _commitment("aceptado"),
    "dialogues:commitment_verify": _commitment("reportado_cumplido"),
    "dialogues:commitment_figure": _commitment("aceptado"),
    "dialogues:commitment_give_up": _commitment("aceptado"),
    "dialogues:answer_commitment": lambda side, user: ["no-such-token"],
    "dialogues:handover": lambda side, user: ["05035"],
}

DATA = {
    ("dialogues:edit_series", "POST"): lambda side: {"title": "Pavimento, mes con mes"},
    ("dialogues:tables", "POST"): lambda side: {"questions": "¿Qué falta?"},
    ("dialogues:minutes", "POST"): lambda side: {"body": "Otro texto", "base": "1"},
    ("dialogues:walk_in", "POST"): lambda side: {
        "full_name": "Luz Pat",
        "sector": "ciudadania",
        "notice_accepted": "on",
    },
    ("dialogues:room", "POST"): lambda side: {
        "text": "No hay planos",
        "kind": "dato",
        "key": "00000000-0000-4000-8000-000000000000",
    },
    ("dialogues:commitment_report", "POST"): lambda side: {"kept": "", "note": "Listo"},
    ("dialogues:commitment_postpone", "POST"): lambda side: {"due_on": "2030-01-01", "reason": "Falta dinero"},
    ("dialogues:commitment_dispute", "POST"): lambda side: {"text": "No dijimos eso"},
    ("dialogues:commitment_verify", "POST"): lambda side: {
        "organisation": "propia",
        "scale": "completo",
        "note": "Lo vi",
    },
    ("dialogues:commitment_give_up", "POST"): lambda side: {"reason": "Cambió la ley"},
}
