"""Making a session: from a template, a copy or nothing; its team, its agenda, its places."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datasets.views.access import demand, gate
from dialogues import services
from dialogues.forms import AboutForm, AgendaFormSet, NewSessionForm, TeamForm, WhenForm
from dialogues.forms.fields import TeamField, people_called
from dialogues.models import Series, Session, SessionRole
from dialogues.presets import BALANCED, DEFAULT, PRESETS, Preset
from dialogues.selectors import sessions as selectors
from dialogues.selectors.balance import balance
from dialogues.selectors.people import Busy, away, busy_people, may_lead, nameable
from dialogues.selectors.series import last_of
from gesoc.common.models import as_key
from gesoc.common.views import add_refusal
from partners.audit import person
from partners.models import Organisation, Person, Sector, User
from partners.rules import is_facilitator
from projects.forms.fields import the_one

from .pages import act, show, visible_session, warn_of_absent

IN_DAYS, AT = 21, datetime.time(17)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def create(request: HttpRequest) -> HttpResponseBase:
    demand(request, "dialogues.add_session")
    source = _copied(request)
    series = _series(request)
    previous = last_of(series, request.user) if series is not None else None
    preset = PRESETS.get(request.GET.get("plantilla", ""), PRESETS[DEFAULT])
    if request.method == "POST":
        form = NewSessionForm(request.POST, user=person(request))
        if form.is_valid() and (made := _made(request, form, source or previous, preset)) is not None:
            return redirect(
                "dialogues:prepare" if made.state == Session.State.DRAFT else "dialogues:session", made.slug
            )
    else:
        form = NewSessionForm(user=person(request), initial=_initial(request, source, series, previous, preset))
    context = {
        "form": form,
        "source": source,
        "series": series,
        "preset": preset,
        "presets": PRESETS.values(),
        "names": _nameable(person(request)),
        "items": _items(source or previous, preset),
    }
    return render(request, "dialogues/create.html", context, status=200)


def _made(request: HttpRequest, form: NewSessionForm, source: Session | None, preset: Preset) -> Session | None:
    """The draft; announced at once if that was asked for and they may. None: the form says what is wrong."""
    by = person(request)
    try:
        session = services.propose_session(
            session=form.session(),
            by=by,
            team=form.cleaned_data["team"],
            projects=form.cleaned_data["projects"],
            agenda=_items(source, preset),
            targets=form.targets(),
            roles=_roles(request, source),
            new_series=form.cleaned_data.get("new_series", ""),
        )
    except ValidationError as refusal:
        add_refusal(form, refusal)
        return None
    if request.POST.get("action") == "announce" and by.has_perm("dialogues.announce_session", session):
        act(request, lambda: services.announce_session(session=session, by=by), _("Announced. Now invite people."))
        session.refresh_from_db()
        warn_of_absent(request, session)
    elif request.POST.get("action") == "announce":
        messages.info(request, _("Saved as a draft: whoever facilitates it, or GESOC, announces it."))
    else:
        messages.success(request, _("Saved as a draft. Nobody was told."))
    return session


def _copied(request: HttpRequest) -> Session | None:
    slug = request.GET.get("copia", "")
    return get_object_or_404(Session.objects.visible_to(request.user), slug=slug) if slug else None


def _series(request: HttpRequest) -> Series | None:
    """The one that goes on with this session."""
    asked = request.GET.get("serie", "")
    if not asked:
        return None
    found = get_object_or_404(Series.objects.visible_to(request.user), key=as_key(asked))
    demand(request, "dialogues.edit_series", found)
    return found


def _items(source: Session | None, preset: Preset) -> list[services.Item]:
    return services.items_of(source) if source is not None else preset.items


def _initial(
    request: HttpRequest, source: Session | None, series: Series | None, previous: Session | None, preset: Preset
) -> dict[str, Any]:
    by = person(request)
    if source is not None:
        return {**_initial_of(source), **WhenForm.initial_of(source), "day": None, "until": None}
    initial = _initial_of_preset(by, preset)
    if series is not None:
        initial |= {"series": series, "host_organisation": series.host_organisation}
    return initial | (_carried_over(by, previous) if previous is not None else {})


# Of the session before: whose series it is, how it is held, and for whom. What it asked and where it met is its own.
CARRIED = (
    *("host_organisation", "method", "scope", "municipality", "modality", "registration"),
    *("visibility", "confidentiality", "capacity_in_person", "capacity_online"),
)


def _carried_over(by: User, previous: Session) -> dict[str, Any]:
    """Its agenda comes along unseen; its places and its team stand in the form."""
    carried: dict[str, Any] = {name: getattr(previous, name) for name in CARRIED}
    if previous.local_start.date() == previous.local_end.date():
        carried |= {"start": previous.local_start.time(), "end": previous.local_end.time()}  # as long as its agenda
    carried |= {f"sector_{sector.value}": None for sector in Sector}
    carried |= {f"sector_{row.sector}": row.desired for row in previous.targets.all()}
    carried["projects"] = list(previous.projects.all())
    if by.has_perm("dialogues.edit_session", previous):
        team = previous.roles.live().select_related("person").order_by("pk")
        carried["team"] = "\n".join(row.person.full_name for row in team)
    return carried


def _roles(request: HttpRequest, source: Session | None) -> dict[int, str]:
    """A copy brings no people; the next of a series brings those whom one may see there, with what they did."""
    if source is None or "serie" not in request.GET or not request.user.has_perm("dialogues.edit_session", source):
        return {}
    return {row.person_id: row.role for row in source.roles.filter(state__in=SessionRole.LIVE)}


def _initial_of_preset(by: User, preset: Preset) -> dict[str, Any]:
    day = timezone.localdate() + datetime.timedelta(days=IN_DAYS)
    end = datetime.datetime.combine(day, AT) + datetime.timedelta(minutes=preset.minutes)
    host = Organisation.objects.of(by).select_related("home_municipality__state").first()
    return {
        "day": day,
        "start": AT,
        "end": end.time(),
        "method": preset.method,
        "modality": Session.Modality.IN_PERSON,
        "capacity_in_person": preset.seats,
        "visibility": "publica",
        "registration": Session.RegistrationRule.OPEN,
        "host_organisation": host,
        "municipality": host.home_municipality if host else None,
        "team": by.full_name if is_facilitator(by) else "",
        **{f"sector_{sector}": seats * preset.seats // 25 for sector, seats in BALANCED.items()},
    }


def _initial_of(session: Session) -> dict[str, Any]:
    initial = {name: getattr(session, name) for name in AboutForm.Meta.fields if name != "projects"}
    initial["projects"] = list(session.projects.all())
    initial |= {f"sector_{row.sector}": row.desired for row in session.targets.all()}
    return initial


def _nameable(user: User) -> list[str]:
    """Names that the box for the team suggests."""
    return sorted({str(one) for one in nameable(user)[:300]} | {user.full_name})


@require_safe
@gate
def team_check(request: HttpRequest) -> HttpResponseBase:
    """While the form is filled in: who of those named is busy then. Asked by htmx; saving checks again."""
    demand(request, "dialogues.add_session")
    when = WhenForm(request.GET)
    when.is_valid()
    field = TeamField()
    field.user = person(request)
    lines = [line.strip() for line in request.GET.get("team", "").splitlines() if line.strip()][:10]
    session = _planned(when)
    return render(request, "dialogues/_team_check.html", {"lines": [_checked(field, line, session) for line in lines]})


def _planned(when: WhenForm) -> Session | None:
    """The session as far as it is known: enough of it to know when."""
    if "local_start" not in when.cleaned_data:
        return None
    names = ("local_start", "local_end", "start_fold", "end_fold", "tz")
    session = Session(**{name: when.cleaned_data[name] for name in names if name in when.cleaned_data})
    session.modality = when.cleaned_data.get("modality") or Session.Modality.IN_PERSON
    from dialogues.services.sessions import set_moments

    try:
        set_moments(session)
    except ValidationError:
        return None
    return session


def _checked(field: TeamField, line: str, session: Session | None) -> dict[str, Any]:
    try:
        one = the_one(line, people_called(field.user, line))
    except ValidationError as unknown:
        return {"name": line, "problem": " ".join(unknown.messages)}
    busy: list[Busy] = []
    if session is not None and isinstance(one, Person):
        busy = busy_people(session, [one.pk], field.user)
    return {"name": str(one), "busy": busy, "known_hour": session is not None}


# -- preparing -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def prepare(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    by = person(request)
    form = AboutForm(request.POST or None, user=by, instance=session, initial=_initial_of(session))
    if request.method == "POST" and form.is_valid() and _updated(request, form, slug):
        messages.success(request, _("Saved."))
        return redirect("dialogues:prepare", slug)
    fresh = visible_session(request, slug) if request.method == "POST" else session
    context: dict[str, Any] = {
        "form": form,
        "team_form": TeamForm(user=by),
        "names": _nameable(by),
        "roles": fresh.roles.select_related("person").exclude(state=SessionRole.State.WITHDRAWN),
        "away": away(fresh),
        "agenda": selectors.agenda(fresh, by),
        "overrun": selectors.overrun(fresh),
        "balance": balance(fresh),
        "missing": services.missing_to_schedule(fresh) if fresh.state == Session.State.DRAFT else [],
        "may_announce": by.has_perm("dialogues.announce_session", fresh),
        "may_edit_series": fresh.series is not None and by.has_perm("dialogues.edit_series", fresh.series),
    }
    return show(request, fresh, "prepare", "prepare", **context)


def _updated(request: HttpRequest, form: AboutForm, slug: str) -> bool:
    try:
        services.update_session(
            session=Session.objects.get(slug=slug),
            by=person(request),
            fields=form.about(),
            projects=form.cleaned_data["projects"],
            targets=form.targets(),
            new_series=form.cleaned_data.get("new_series", ""),
        )
    except ValidationError as refusal:
        add_refusal(form, refusal)
        return False
    return True


@require_POST
@gate
def announce(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.announce_session", session)
    done = act(
        request,
        lambda: services.announce_session(session=session, by=person(request)),
        _("Announced. Now invite people."),
    )
    return redirect("dialogues:session" if done else "dialogues:prepare", slug)


@require_POST
@gate
def add_role(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    by = person(request)
    form = TeamForm(request.POST, user=by)
    if form.is_valid():
        named, chosen = form.cleaned_data["team"][0], form.cleaned_data["role"]
        act(request, lambda: services.add_to_team(session=session, one=named, role=chosen, by=by), _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("dialogues:prepare", slug)


@require_POST
@gate
def role(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The person says yes or no; whoever prepares the session takes somebody off."""
    session = visible_session(request, slug)
    row = get_object_or_404(session.roles.select_related("person"), pk=pk)
    own = row.person.user_id == request.user.pk and request.user.is_authenticated
    answer = request.POST.get("answer", "")
    if not own or answer not in ("accept", "decline"):
        demand(request, "dialogues.edit_session", session)
        act(request, lambda: services.withdraw_role(role=row, by=person(request)), _("Saved."))
        return redirect("dialogues:prepare", slug)
    act(request, lambda: services.answer_role(role=row, accept=answer == "accept", by=person(request)), _("Saved."))
    return redirect("dialogues:list" if answer == "decline" else session)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def agenda(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    initial = [item._asdict() for item in services.items_of(session)]
    formset = AgendaFormSet(request.POST or None, initial=initial)
    if request.method == "POST" and formset.is_valid():
        items = [item for form in formset if (item := form.item()) is not None]
        if act(request, lambda: services.set_agenda(session=session, items=items, by=person(request)), _("Saved.")):
            return redirect("dialogues:agenda" if "more" in request.POST else "dialogues:prepare", slug)
    context: dict[str, Any] = {
        "formset": formset,
        "lines": selectors.agenda(session, request.user),
        "overrun": selectors.overrun(session),
        "team": may_lead(session),
    }
    return show(request, session, "agenda", "prepare", **context)
