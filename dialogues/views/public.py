"""The page of a session for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dialogues.forms import PublicRegistrationForm
from dialogues.models import Commitment, Registration, Session
from dialogues.selectors import commitments as promises
from dialogues.selectors import sessions as selectors
from dialogues.selectors.balance import balance, opened
from dialogues.selectors.series import place_in
from partners.services import notice_in_force
from projects.models import Project

from .commitments import shown
from .pages import show, visible_session


@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    found = visible_session(request, slug)
    return page(request, found, PublicRegistrationForm(session=found) if may_register(request, found) else None)


def may_register(request: HttpRequest, session: Session) -> bool:
    """Open to everybody, announced, not begun, with a notice that says what their data are for."""
    is_open = session.registration == Session.RegistrationRule.OPEN and session.is_live
    return is_open and not session.has_begun and notice_in_force(get_language() or "es-mx") is not None


def page(
    request: HttpRequest, session: Session, form: PublicRegistrationForm | None, status: int = 200
) -> HttpResponse:
    table, own_role = balance(session), _own_role(request, session)
    may_edit = request.user.has_perm("dialogues.edit_session", session)
    context: dict[str, Any] = {
        "form": form,
        "notice": notice_in_force(get_language() or "es-mx") if form is not None else None,
        "agenda": selectors.agenda(session, request.user),
        "balance": table,
        "sees_balance": may_edit or own_role is not None,
        "open_balance": opened(table),
        "in_series": place_in(session, request.user),
        "places": selectors.places_left(session),
        "full": all(left == 0 for left in selectors.places_left(session).values()),
        "commitments": shown(promises.listed(Commitment.objects.visible_to(request.user).filter(session=session))),
        "waiting": session.registrations.waiting().count(),
        "projects": Project.objects.visible_to(request.user).filter(sessions=session),
        "own_role": own_role,
        "own_place": _own_place(request, session),
        "may_edit": may_edit,
        "may_announce": request.user.has_perm("dialogues.announce_session", session),
        "notice_waiting": session.notices.filter(told_at__isnull=True).first(),
    }
    return show(request, session, "session", "session", status=status, **context)


def _own_role(request: HttpRequest, session: Session) -> Any:
    if not request.user.is_authenticated:
        return None
    return session.roles.live().filter(person__user=request.user).first()


def _own_place(request: HttpRequest, session: Session) -> Registration | None:
    if not request.user.is_authenticated:
        return None
    return session.registrations.live().filter(person__user=request.user).first()
