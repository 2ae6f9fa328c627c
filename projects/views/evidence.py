"""Cards of evidence: taken from a figure, a row or a document; shown with a permanent address and its QR code."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from datasets.models import Flag, FlagReply, Release
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, row
from partners.audit import person
from projects import places, services, threads
from projects.forms.comments import CommentForm
from projects.forms.evidence import DocumentForm, FreezeForm, UseForm
from projects.forms.projects import VisibilityForm
from projects.freeze import Frozen, figure_at, flag_at, row_at
from projects.models import Evidence

from .pages import Crumbs, FormPage, Gated, act

PAGE_SIZE = 24


def crumbs() -> Crumbs:
    return [(_("Evidence"), reverse("projects:evidence_list"))]


class EvidenceList(ListView):
    template_name = "projects/evidence_list.html"
    paginate_by = PAGE_SIZE
    page_kwarg = "pagina"

    def get_queryset(self) -> Any:
        found = Evidence.objects.visible_to(self.request.user).matching(self.request.GET.get("q", "")[:100])
        code = self.request.GET.get("municipio", "")
        found = found.filter(municipality=code) if code.isdecimal() and len(code) == 5 else found
        if page := self.asked("de"):
            found = found.of_page(page, self.asked("figura"))
        return found.select_related("municipality__state").prefetch_related("changes")

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        page = Paginator(queryset, page_size).get_page(self.request.GET.get("pagina"))
        return page.paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = self.request.GET.copy()
        kept.pop("pagina", None)
        page = self.asked("de") if self.asked("de").startswith("/") else ""
        context = {"text": self.request.GET.get("q", "")[:100], "query": kept.urlencode(), "of_page": page}
        return super().get_context_data(**context, figure=self.asked("figura"), **kwargs)

    def asked(self, name: str) -> str:
        """Of which page, and which of its figures."""
        return self.request.GET.get(name, "").replace("\x00", "")[:1000]


class FreezeEvidence(Gated, FormPage):
    """`?de=<address of the page>&figura=<key>` or `?fila=<release>.<line>`; read again when it is saved."""

    right = "projects.freeze_evidence"
    template_name = "projects/freeze.html"
    form_class = FreezeForm
    title = _("Use as evidence")
    lede = _("The figure is kept as it stands today, with its file, its version and its rows.")
    submit = _("Keep the card")
    done = _("The card is kept. This address stays.")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.frozen: Frozen | None = None

    def read(self) -> Frozen:
        if self.frozen is None:
            asked = self.request.GET
            read = self._row if "fila" in asked else self._flag if "pregunta" in asked else self._figure
            self.frozen = read()
        if self.frozen is None:
            raise Http404
        return self.frozen

    def _figure(self) -> Frozen | None:
        return figure_at(self.request.GET.get("de", "")[:2000], self.request.GET.get("figura", ""))

    def _flag(self) -> Frozen:
        """A question that everybody may see today, whoever asks."""
        standing = Flag.objects.standing().select_related("public_body__municipality__state")
        try:
            return flag_at(get_object_or_404(standing, key=self.request.GET["pregunta"]))
        except ValidationError:
            raise Http404 from None

    def _row(self) -> Frozen | None:
        """A row of somebody else's draft is not read here either."""
        release, _dot, line = self.request.GET["fila"].partition(".")
        if not (release.isdecimal() and line.isdecimal() and len(release) < 10 and len(line) < 10):
            raise Http404
        rows = Release.objects.open().select_related("ingest__file__source", "public_body__municipality__state")
        return row_at(get_object_or_404(rows, pk=release), int(line))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "numbers": self.read().numbers, "user": person(self.request)}

    def get_initial(self) -> dict[str, Any]:
        read = self.read()
        return {"reading": read.title, "does_not_say": read.caveat, "use_for": self.request.GET.get("para", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(frozen=self.read(), **kwargs)

    def crumbs(self) -> Crumbs:
        return crumbs()

    def save(self, form: FreezeForm) -> str:
        user, data = person(self.request), form.cleaned_data
        card = services.freeze_evidence(
            frozen=self.read(),
            reading=data["reading"],
            does_not_say=data["does_not_say"],
            row=data.get("row", ""),
            visibility=data["visibility"],
            organisation=places.own_organisation(user),
            by=user,
        )
        places.attach(card, data["use_for"], user)
        return card.get_absolute_url()


class DocumentEvidence(Gated, FormPage):
    right = "projects.freeze_evidence"
    form_class = DocumentForm
    title = _("A public document as evidence")
    lede = _("A development plan, an annual procurement programme, a resolution: with its page, and what it says.")
    submit = _("Keep the card")
    done = _("The card is kept. This address stays.")

    def get_form_kwargs(self) -> dict[str, Any]:
        card = Evidence(kind=Evidence.Kind.DOCUMENT, visibility="publica")
        return {**super().get_form_kwargs(), "instance": card, "user": person(self.request)}

    def get_initial(self) -> dict[str, Any]:
        return {"use_for": self.request.GET.get("para", "")}

    def crumbs(self) -> Crumbs:
        return crumbs()

    def save(self, form: DocumentForm) -> str:
        user, card = person(self.request), form.save(commit=False)
        card.title, card.organisation = card.document_title, places.own_organisation(user)
        card.municipality = form.cleaned_data["municipality"]
        services.save_evidence(evidence=card, by=user)
        places.attach(card, form.cleaned_data["use_for"], user)
        return str(card.get_absolute_url())


AMOUNT = re.compile(r"-?\d+\.\d{2}")


def frozen_table(card: Evidence) -> Table | None:
    """The figure as it was kept. Amounts with their thousands told apart; codes, years and names as they are."""
    told = card.told
    rows, headings = told.rows, told.columns
    if not rows:
        return None
    amounts = [any(AMOUNT.fullmatch(cells[at]) for cells in rows) for at in range(len(headings))]
    columns = [Column(name, "n" if exact else "") for name, exact in zip(headings, amounts, strict=True)]
    lines = [row(columns, [_readable(cell) for cell in cells]) for cells in rows]
    return Table("t-f", str(told.title), columns, lines, note=str(told.subtitle))


def _readable(cell: str) -> str:
    return money.number(Decimal(cell), 2) if AMOUNT.fullmatch(cell) else cell


class EvidencePage(DetailView):
    template_name = "projects/evidence.html"
    context_object_name = "card"
    slug_field = slug_url_kwarg = "key"

    def get_queryset(self) -> Any:
        rows = Evidence.objects.visible_to(self.request.user)
        return rows.select_related("municipality__state", "public_body", "organisation").prefetch_related(
            "changes__release__ingest"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        context = {
            "uses": places.uses_of(self.object, user),
            "may_use": user.has_perm("projects.freeze_evidence"),
            "may_edit": user.has_perm("projects.edit_evidence", self.object),
            "levels": VisibilityForm.base_fields["visibility"],
            "replies": self._replies(),
            "frozen": frozen_table(self.object),
            "thread": threads.thread(self.object, user),
            "comment_form": CommentForm(),
            "address": self.request.build_absolute_uri(self.object.get_absolute_url()),
        }
        if context["may_use"]:
            context["form"] = form = UseForm(user=person(self.request))
            context["may_place"] = bool(getattr(form.fields["use_for"], "choices", True))
        return super().get_context_data(**{**context, **kwargs})

    def _replies(self) -> Any:
        """What the public body answered to the question of the card: always beside it, and always the whole of today."""
        if self.object.kind != Evidence.Kind.FLAG:
            return None
        return FlagReply.objects.filter(flag__key=self.object.query["flag"])


class UseEvidence(Gated):
    """Attach a card one sees to something one may write in, or change who sees one's own card."""

    right = "projects.freeze_evidence"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        user = person(request)
        card = get_object_or_404(Evidence.objects.visible_to(user), key=key)
        if "visibility" in request.POST and user.has_perm("projects.edit_evidence", card):
            level = VisibilityForm(request.POST)
            if level.is_valid():
                services.show_evidence(evidence=card, by=user, **level.cleaned_data)
            return redirect(card.get_absolute_url())
        form = UseForm(request.POST, user=user)
        if form.is_valid():
            data = form.cleaned_data
            act(
                request,
                lambda: places.attach(card, data["use_for"], user, claim=data["claim"], strength=data["strength"]),
                _("The card is used there now."),
            )
        else:
            messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
        return redirect(card.get_absolute_url())


@require_safe
def qr(request: HttpRequest, key: str) -> HttpResponse:
    """The permanent address as a picture for paper and screens."""
    card = get_object_or_404(Evidence.objects.visible_to(request.user), key=key)
    picture = io.BytesIO()
    address = request.build_absolute_uri(card.get_absolute_url())
    segno.make(address, error="m").save(picture, kind="svg", scale=6, border=2, xmldecl=False, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")
