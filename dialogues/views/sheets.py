"""The signed sheet: photographed at the door, written down beside the photo, then erased."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datasets.views.access import gate
from dialogues.forms.room import SheetPhotoForm, WalkInForm
from dialogues.models import SheetPhoto
from dialogues.selectors import room as read
from dialogues.services import sheets as change
from dialogues.services.room import new_note_key
from partners.audit import person
from partners.services import notice_in_force

from .room import AT_THE_DOOR, session_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate
def photos(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = session_of(request, slug, "dialogues.check_in")
    form = SheetPhotoForm(request.POST, request.FILES) if request.method == "POST" else SheetPhotoForm()
    if form.is_valid():
        try:
            photo = change.add_sheet_photo(session=session, upload=form.cleaned_data["upload"], by=person(request))
        except ValidationError as refusal:
            form.add_error("upload", refusal)
        else:
            messages.success(request, _("The photo is kept for the team. Write down who signed, then erase it."))
            return redirect(photo.get_absolute_url())
    found = session.sheet_photos.select_related("added_by")
    context = {"session": session, "form": form, "photos": found, "days": change.KEPT_FOR.days}
    return render(request, "dialogues/room/sheet_photos.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@gate
def photo(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """The photo, and beside it whoever has not been ticked."""
    session = session_of(request, slug, "dialogues.check_in")
    found = get_object_or_404(session.sheet_photos.filter(erased_at=None), key=key)
    text = request.GET.get("q", "").strip()[:100]
    rows = read.arrivals(session, text)
    unknown = text if text and not rows.exists() else ""
    context = {
        "session": session,
        "photo": found,
        "text": text,
        "rows": rows[:AT_THE_DOOR],
        "came": read.attended(session).count(),
        "on_list": read.arrivals(session).count(),
        "form": WalkInForm(initial={"full_name": unknown, "key": new_note_key()}),
        "notice": notice_in_force(get_language() or "es-mx"),
    }
    return render(request, "dialogues/room/sheet_photo.html", context)


@require_safe
@never_cache
@gate
def image(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    session = session_of(request, slug, "dialogues.check_in")
    found: SheetPhoto = get_object_or_404(session.sheet_photos.filter(erased_at=None), key=key)
    try:
        stream = default_storage.open(found.storage_path)
    except FileNotFoundError:
        raise Http404 from None
    change.note_look(photo=found, by=person(request))
    response = FileResponse(stream, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@gate
def erase(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    session = session_of(request, slug, "dialogues.check_in")
    change.erase_sheet_photo(photo=get_object_or_404(session.sheet_photos, key=key), by=person(request))
    messages.success(request, _("The photo was erased."))
    return redirect("dialogues:sheet_photos", slug)
