"""Dialogues: the list, one session and its pages, links without an account, calendars."""

from __future__ import annotations

from django.urls import include, path

from .services import mails
from .views import (
    answers,
    availability,
    calendars,
    commitment_files,
    commitments,
    evidence,
    inviting,
    lists,
    minutes,
    moving,
    participants,
    proof,
    public,
    room,
    schedule,
    screen,
    seating,
    series,
    tables,
    votes,
)

app_name = "dialogues"

of_session = [
    path("", public.session, name="session"),
    path("preparar/", schedule.prepare, name="prepare"),
    path("anunciar/", schedule.announce, name="announce"),
    path("equipo/", schedule.add_role, name="add_role"),
    path("equipo/<int:pk>/", schedule.role, name="role"),
    path("agenda/", schedule.agenda, name="agenda"),
    path("agenda/<int:pk>/evidencia/", evidence.item_evidence, name="item_evidence"),
    path("mover/", moving.move, name="move"),
    path("avisar/", moving.tell, name="tell"),
    path("cancelar/", moving.cancel, name="cancel"),
    path("calendario.ics", calendars.session_entry, name="session_entry"),
    path("registro/", answers.register, name="register"),
    path("convocar/", inviting.convene, name="convene"),
    path("convocar/enviar/", inviting.send, name="send"),
    path("convocar/agregar/", inviting.add_contact, name="add_contact"),
    path("convocar/papel/", inviting.paper, name="paper"),
    path("convocar/<uuid:key>/", inviting.withdraw, name="withdraw"),
    path("personas/", participants.people, name="people"),
    path("personas/ofrecer/", participants.offer, name="offer"),
    path("personas/<uuid:key>/", participants.change_place, name="change_place"),
]

commitment_pages = [
    path("compromisos/", commitments.board, name="commitments"),
    path("compromisos.csv", commitment_files.as_csv, name="commitments_csv"),
    path("compromisos.json", commitment_files.as_json, name="commitments_json"),
    path("compromisos/entrega/<slug:code>/", commitments.handover, name="handover"),
    path("compromisos/responder/<str:token>/", commitments.answer, name="answer_commitment"),
    path("compromisos/<uuid:key>/", commitments.commitment, name="commitment"),
    path("compromisos/<uuid:key>/aceptar/", commitments.accept, name="commitment_accept"),
    path("compromisos/<uuid:key>/avance/", commitments.report, name="commitment_report"),
    path("compromisos/<uuid:key>/fecha/", commitments.postpone, name="commitment_postpone"),
    path("compromisos/<uuid:key>/aclaracion/", commitments.dispute, name="commitment_dispute"),
    path("compromisos/<uuid:key>/verificar/", commitments.verify, name="commitment_verify"),
    path("compromisos/<uuid:key>/cifra/", commitments.figure, name="commitment_figure"),
    path("compromisos/<uuid:key>/cerrar/", commitments.give_up, name="commitment_give_up"),
]

SESSION = "dialogos/<slug:slug>/"

room_pages = [
    path(f"{SESSION}sala/", room.room, name="room"),
    path(f"{SESSION}sala/notas/<uuid:key>/borrar/", room.delete_note, name="delete_note"),
    path(f"{SESSION}sala/notas/<uuid:key>/reto/", room.challenge, name="note_to_challenge"),
    path(f"{SESSION}sala/compromiso/", room.commitment, name="room_commitment"),
    path(f"{SESSION}sala/llegada/", room.door, name="door"),
    path(f"{SESSION}sala/llegada/hoja/", room.sheet, name="sheet"),
    path(f"{SESSION}sala/llegada/nueva/", room.walk_in, name="walk_in"),
    path(f"{SESSION}sala/llegada/<uuid:key>/", room.check_in, name="check_in"),
    path(f"{SESSION}sala/pantalla/", screen.screen, name="screen"),
    path(f"{SESSION}sala/evidencia/", screen.evidence, name="show_evidence"),
    path(f"{SESSION}sala/mesas/", tables.tables, name="tables"),
    path(f"{SESSION}sala/mesas/lugares/", seating.seats, name="seats"),
    path(f"{SESSION}sala/mesas/lugares/<uuid:key>/", seating.seat, name="seat"),
    path(f"{SESSION}sala/mesas/imprimir/", seating.cards, name="cards"),
    path(f"{SESSION}sala/votacion/", votes.prepare, name="prepare_round"),
    path(f"{SESSION}sala/votacion/<uuid:key>/", votes.round_page, name="round"),
    path(f"{SESSION}minuta/", minutes.edit, name="minutes"),
    path(f"{SESSION}resultado/", minutes.after, name="after"),
    path(f"{SESSION}resultado.json", minutes.after_json, name="after_json"),
    path(f"{SESSION}minuta-<int:edition>.pdf", minutes.as_pdf, name="minutes_pdf"),
    path("votar/<uuid:key>/", votes.by_code, name="vote_by_code"),
    path("votar/liga/<str:token>/", votes.by_link, name="vote_by_link"),
    path("mesa/<str:token>/", tables.host, name="host_table"),
    path("minuta/<str:token>/", minutes.comment, name="comment_minutes"),
]

urlpatterns = [
    *commitment_pages,
    *room_pages,
    path("dialogos/", lists.session_list, name="list"),
    path("dialogos/mes/", lists.month, name="month"),
    path("dialogos/resultados/", proof.proof, name="proof"),
    path("dialogos/resultados.csv", proof.proof_csv, name="proof_csv"),
    path("dialogos/resultados.xlsx", proof.proof_xlsx, name="proof_xlsx"),
    path("dialogos/resultados/red.csv", proof.network_csv, name="proof_network"),
    path("dialogos/resultados/diccionario.csv", proof.dictionary_csv, name="proof_dictionary"),
    path("dialogos/nuevo/", schedule.create, name="create"),
    path("dialogos/nuevo/equipo/", schedule.team_check, name="team_check"),
    path("dialogos/calendario.ics", calendars.public_feed, name="public_feed"),
    path("dialogos/calendarios/", calendars.calendars, name="calendars"),
    path("dialogos/calendarios/<str:token>.ics", calendars.private_feed, name="private_feed"),
    path(
        "dialogos/invitacion/<str:token>.ics",
        calendars.place_entry,
        {"purpose": mails.INVITATION},
        name="answer_entry",
    ),
    path("dialogos/lugar/<str:token>.ics", calendars.place_entry, name="place_entry"),
    path("dialogos/codigo/", answers.by_code, name="by_code"),
    path("dialogos/invitacion/<str:token>/", answers.answer, name="answer"),
    path("dialogos/lugar/<str:token>/", answers.place, name="place"),
    path("dialogos/disponibilidad/", availability.availability, name="availability"),
    path("dialogos/series/", lists.all_series, name="all_series"),
    path("dialogos/series/<uuid:key>/", series.series, name="series"),
    path("dialogos/series/<uuid:key>/cambiar/", series.edit, name="edit_series"),
    path("dialogos/<slug:slug>/", include(of_session)),
]
