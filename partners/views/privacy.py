"""The notice, what people decide and ask for, the privacy desk, and the outbox."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView, View

from gesoc.common.exports import csv_response
from gesoc.common.views import add_refusal, behind_a_link
from partners import services
from partners.audit import person
from partners.forms import ArcoForm, FulfilForm
from partners.models import ArcoRequest, ConsentRecord, Erasure, OutboxMail, Person, SignedLink

from .access import Demands

PAGE_SIZE = 50
PER_HOUR = 10  # requests from one address


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    language = translation.get_language() or "es-mx"
    return render(request, "partners/privacy/notice.html", {"notice": services.notice_in_force(language)})


class AskArco(FormView):
    """Anybody may ask; the answer never tells whether the address is known here."""

    template_name = "partners/privacy/ask.html"
    form_class = ArcoForm

    def form_valid(self, form: ArcoForm) -> HttpResponse:
        if _too_many(self.request):
            return render(self.request, "429.html", status=429)
        services.receive_arco(by=None, **{name: form.cleaned_data[name] for name in ("kind", "name", "email", "text")})
        messages.success(self.request, _("We received your request and will answer to the address you gave."))
        return redirect("partners:privacy_notice")


def _too_many(request: HttpRequest) -> bool:
    key = f"arco:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 3600)
    return cache.incr(key) > PER_HOUR


class OfLink(View):
    """A page that a personal link in a mail opens. Looking at it changes nothing."""

    purpose = ""

    def link(self, token: str) -> SignedLink:
        found = services.find_link(token=token, purpose=self.purpose)
        if found is None or found.person is None or found.person.state != Person.State.ACTIVE:
            raise Http404
        return found


class Decisions(OfLink):
    """What somebody agrees to, by their personal link."""

    purpose = "consent"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, self.link(token))

    def _page(self, request: HttpRequest, link: SignedLink) -> HttpResponse:
        current = services.notice_in_force(translation.get_language() or "es-mx")
        decided = services.consents_of(link.person)  # type: ignore[arg-type]
        asked = [
            purpose | {"given": decided.get(purpose["code"]) == ConsentRecord.Decision.GIVEN}
            for purpose in (current.purposes if current else [])
        ]
        context = {"contact": link.person, "notice": current, "purposes": asked}
        return behind_a_link(render(request, "partners/privacy/decisions.html", context))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = self.link(token)
        current = services.notice_in_force(translation.get_language() or "es-mx")
        if current is None or link.person is None:
            raise Http404
        chosen = set(request.POST.getlist("purposes"))
        services.record_decisions(person=link.person, notice=current, given=chosen)
        services.mark_link_used(link=link)
        messages.success(request, _("What you decided was saved."))
        return self._page(request, link)


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(OfLink):
    """One click in the mail program (RFC 8058) or the button of this page: no more news. Looking at it changes nothing."""

    purpose = "unsubscribe"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return behind_a_link(render(request, "partners/privacy/unsubscribe.html", {"contact": self.link(token).person}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = self.link(token)
        services.withdraw_news(person=link.person, by=None)  # type: ignore[arg-type]
        services.mark_link_used(link=link)
        return behind_a_link(render(request, "partners/privacy/unsubscribe.html", {"done": True}))


# -- the desk -------------------------------------------------------------------------------------------------------


class PrivacyDesk(Demands, TemplateView):
    right = "partners.see_privacy_desk"
    template_name = "partners/privacy/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ArcoRequest.objects.select_related("person", "handled_by")
        closed = rows.filter(state__in=ArcoRequest.CLOSED).order_by("-closed_on", "-pk")[:PAGE_SIZE]
        may_handle = self.request.user.has_perm("partners.handle_privacy")
        erased = Erasure.objects.count()
        return super().get_context_data(
            open=rows.open(), closed=closed, erasures=erased, may_handle=may_handle, **kwargs
        )


class ArcoReport(Demands, View):
    """What is kept about the person that was chosen, as a file for the answer. It leaves a trace, so it is a POST."""

    right = "partners.handle_privacy"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, key: Any) -> HttpResponseBase:
        arco = get_object_or_404(ArcoRequest.objects.open(), key=key)
        about = request.POST.get("person", "")
        found = Person.objects.active().filter(pk=int(about)).first() if about.isdecimal() else None
        if found is None:
            messages.error(request, _("Choose first who it is."))
            return redirect("partners:handle_arco", arco.key)
        rows = services.report_access(request=arco, person=found, by=person(request))
        told = ([row.section, f"{row.on:%Y-%m-%d}" if row.on else "", row.text] for row in rows)
        return csv_response(f"datos-{arco.key}.csv", [_("What"), _("Date"), _("What it says")], told)


class HandleArco(Demands, FormView):
    """One request: who it is about, how one knows, the answer; granted ones are carried out at once."""

    right = "partners.handle_privacy"
    template_name = "partners/privacy/request.html"
    form_class = FulfilForm
    kwargs: dict[str, Any]

    def arco(self) -> ArcoRequest:
        return get_object_or_404(ArcoRequest.objects.select_related("person"), key=self.kwargs["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        arco = self.arco()
        known = list(Person.objects.with_email(arco.email)[:5]) if arco.email else []
        same_name = Person.objects.active().matching(arco.name) if arco.name else Person.objects.none()
        candidates = list(dict.fromkeys([*known, *same_name[:5]]))
        sure = known[0].pk if len(known) == 1 else None  # only one with that very address is taken for them
        mentions = services.undecided(arco) if arco.state == ArcoRequest.State.GRANTED else []
        decided = arco.text_decisions.aggregate(
            taken_out=Count("pk", filter=Q(redacted=True)), left=Count("pk", filter=Q(redacted=False))
        )
        context = {"mentions": mentions, "decided": decided, "candidates": candidates, "sure": sure}
        return super().get_context_data(arco=arco, **{**context, **kwargs})

    def form_valid(self, form: FulfilForm) -> HttpResponse:
        arco, by, data = self.arco(), person(self.request), form.cleaned_data
        about = self.request.POST.get("person", "")
        found = Person.objects.active().filter(pk=int(about)).first() if about.isdecimal() else None
        granted = self.request.POST.get("decision") == "grant"
        try:
            with transaction.atomic():
                services.verify_identity(request=arco, person=found, note=data["identity_note"], by=by)
                services.answer_arco(request=arco, granted=granted, answer=data["answer"], by=by)
                if granted:
                    arco.refresh_from_db()
                    if arco.is_about_texts and services.undecided(arco):
                        messages.info(self.request, _("It is granted. These texts name them: decide about each."))
                        return redirect("partners:handle_arco", arco.key)
                    services.fulfil_arco(request=arco, by=by)
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("The request is closed, and the answer is on its way."))
        return redirect("partners:privacy_desk")


class DecideText(Demands, View):
    """One press: the name goes from one text and its versions, or it stays as it means somebody else. Or all is done."""

    right = "partners.handle_privacy"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, key: Any) -> HttpResponseBase:
        arco, by = get_object_or_404(ArcoRequest.objects.open(), key=key), person(request)
        try:
            if "close" in request.POST:
                services.fulfil_arco(request=arco, by=by)
                messages.success(request, _("The request is closed, and the answer is on its way."))
                return redirect("partners:privacy_desk")
            told = [request.POST.get(name, "") for name in ("table", "row", "field")]
            services.decide_text(request=arco, place=services.Place(*told), redact="redact" in request.POST, by=by)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('partners:handle_arco', args=[arco.key])}#textos")


# -- the outbox -----------------------------------------------------------------------------------------------------


class Outbox(Demands, TemplateView):
    """What waits, what was sent, what failed."""

    right = "partners.see_outbox"
    template_name = "partners/outbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.request.GET.get("estado", "")
        found = OutboxMail.objects.select_related("person")
        if state in OutboxMail.State.values:
            found = found.filter(state=state)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        states = OutboxMail.State.choices
        query = f"estado={state}" if state in OutboxMail.State.values else ""
        return super().get_context_data(page=page, state=state, states=states, query=query, **kwargs)


class RetryMail(Demands, View):
    right = "partners.see_outbox"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        mail = get_object_or_404(OutboxMail, pk=pk)
        services.retry_mail(mail=mail, by=person(request))
        messages.success(request, _("It is tried again."))
        return redirect("partners:outbox")
