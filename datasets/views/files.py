"""The catalogue, sending a file in, and the page and the bytes of one file."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from datasets import catalogue as reads
from datasets import services, words
from datasets.forms import CatalogueFilter, UploadForm, suggestions
from datasets.ingest import archives
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Ingest, Package, Release, SourceFile
from datasets.public_bodies import with_body
from datasets.source_rows import path_of
from datasets.uploads import LimitUploadHandler
from partners.models import User

from .access import demand, gate

PER_PAGE = 50
SHOWN_WAITING = 10


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    form = CatalogueFilter(request.GET, years=reads.published_years())
    page = Paginator(reads.releases_for_catalogue(form.wanted), PER_PAGE).get_page(request.GET.get("pagina"))
    may_upload = request.user.has_perm("datasets.upload_file")
    waiting = list(reads.waiting_ingests(request.user)[:SHOWN_WAITING]) if may_upload else []
    return render(
        request,
        "datasets/files/catalogue.html",
        {
            "form": form,
            "page": page,
            "rows": [_line(release) for release in page],
            "query": _query_without_page(request),
            "filtered": bool(form.wanted),
            "may_upload": may_upload,
            "waiting": waiting,
        },
    )


def _line(release: Release) -> dict[str, Any]:
    return {
        "release": release,
        "period": words.period_name(release.period),
        "lines": words.number(release.line_count),
        "publisher": release.ingest.file.source.publisher_name if release.ingest.file.source else "",
    }


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("pagina", None)
    return query.urlencode()


@require_GET
def suggest_bodies(request: HttpRequest) -> JsonResponse:
    """Names for the suggestions of a text box."""
    return JsonResponse({"names": suggestions(request.GET.get("q", ""))})


@csrf_exempt  # the token is checked by the inner view, once the limit stands guard over the body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@gate
def upload(request: HttpRequest) -> HttpResponseBase:
    demand(request, "datasets.upload_file")
    if request.method == "POST":
        request.upload_handlers.insert(0, LimitUploadHandler(request))
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    by: Any = request.user
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*data, user=by)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_receive(request, form))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return render(request, "datasets/files/upload.html", {"form": form}, status=422 if form.errors else 200)


def _receive(request: HttpRequest, form: UploadForm) -> Ingest | Package:
    began, by = timezone.now(), cast(User, request.user)
    upload = form.cleaned_data["file"]
    packed = _is_package(upload)
    with transaction.atomic():
        file = services.register_file(
            stream=upload,
            name=upload.name,
            by=by,
            retrieved_from=form.cleaned_data["retrieved_from"],
            organisation=form.organisation_chosen(),
        )
        answers = with_body(form.answers(), by)
        if packed:
            return services.start_package(file=file, by=by, **answers)
        ingest = services.start_ingest(file=file, by=by, **answers)
    if ingest.created_at < began:
        messages.info(request, _already_loaded(ingest))
    return ingest


def _is_package(upload: UploadedFile) -> bool:
    """A ZIP of files; one that is locked or hostile is refused here, before anything of it is kept."""
    if not archives.is_package(upload):
        return False
    try:
        archives.entries(upload)
    except UnreadableFile as refusal:
        raise ValidationError({"file": refusal.message}) from None
    return True


def _already_loaded(ingest: Ingest) -> str:
    if not ingest.is_finished:
        return _("This file is being loaded right now. There is no need to upload it again.")
    day = date_format(timezone.localtime(ingest.created_at), _("j \\d\\e F"))
    release = ingest.releases.order_by("-version").first()
    if release is None:
        text = _("This file was already loaded on %(day)s. There is no need to upload it again.") % {"day": day}
    else:
        text = _(
            "This file was already loaded on %(day)s (version %(version)s). There is no need to upload it again."
        ) % {
            "day": day,
            "version": release.version,
        }
    return format_html('{} <a href="{}">{}</a>', text, ingest.get_absolute_url(), _("See that load"))


@require_safe
def source_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file comes from, its fingerprint, what was read from it."""
    file = get_object_or_404(SourceFile.objects.visible_to(request.user).select_related("source"), pk=pk)
    ingests = Ingest.objects.visible_to(request.user).filter(file=file).order_by("-created_at", "-id")
    return render(
        request,
        "datasets/files/file.html",
        {
            "file": file,
            "size": words.file_size(file.size),
            "may_read": request.user.has_perm("datasets.read_original", file),
            "origins": reads.origins_of_file(file, request.user)[:PER_PAGE],
            "packages": Package.objects.visible_to(request.user).filter(file=file),
            "ingests": ingests[:PER_PAGE],
            "releases": [
                {"release": release, "period": words.period_name(release.period)}
                for release in reads.releases_of_file(file, request.user)[:PER_PAGE]
            ],
        },
    )


@require_safe
@gate
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bytes as they were published, never shown by the browser itself."""
    file = get_object_or_404(SourceFile.objects.visible_to(request.user), pk=pk)
    demand(request, "datasets.read_original", file)
    try:
        stream = path_of(file).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        stream, as_attachment=True, filename=file.original_name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["ETag"] = f'"{file.sha256}"'
    return response
