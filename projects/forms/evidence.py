"""Forms of challenges, evidence, gaps, exercises, outcomes and notes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datasets.models import PublicBody, Source, SourceFile
from gesoc.common.text import search_text
from partners.rules import sees_everything
from projects import places
from projects.models import (
    Challenge,
    DataGap,
    Evidence,
    EvidenceUse,
    MoneyTrail,
    Outcome,
    Project,
    RouteStep,
    Substantiation,
    TrailAnswer,
    Visibility,
)

from .fields import (
    FEW,
    SHOWN,
    DayInput,
    NameField,
    choices_of,
    municipalities_field,
    municipality_field,
    offer,
    the_one,
)

SHORT = {"rows": 2}


def bodies(text: str) -> Any:
    found = PublicBody.objects.known()
    for word in search_text(text).split():
        found = found.filter(search_text__contains=word)
    exact = found.filter(name_key=search_text(text))
    return exact if exact.exists() else found


def body_field(**kwargs: Any) -> NameField:
    return NameField(bodies, required=False, **{"label": _("Public body"), **kwargs})


def web_field() -> forms.URLField:
    return forms.URLField(label=_("Web address"), required=False, max_length=1000, assume_scheme="https")


class ChallengeForm(forms.ModelForm):
    municipalities = municipalities_field()

    class Meta:
        model = Challenge
        fields = ["title", "statement", "who_is_affected", "municipalities", "project", "cause_of", "visibility"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.all() if sees_everything(user) else Project.objects.of(user)
        offer(self, "project", projects, projects.matching)
        above = Challenge.objects.visible_to(user).open().exclude(pk=self.instance.pk)
        offer(self, "cause_of", above, above.matching)
        if self.instance.pk:
            self.initial["municipalities"] = list(self.instance.municipalities.select_related("state"))


class ChallengeMoveForm(forms.Form):
    state = forms.ChoiceField(choices=Challenge.State.choices)
    reason = forms.CharField(required=False, max_length=2000)
    into = forms.UUIDField(required=False)


class PlaceField(forms.CharField):
    """Where a card is used, typed by its name, for whoever may write in more places than a list can offer."""

    def __init__(self, user: Any, **kwargs: Any) -> None:
        super().__init__(max_length=300, help_text=_("Write the name of a project or of a challenge."), **kwargs)
        self.user = user

    def prepare_value(self, value: Any) -> Any:
        """The address of a page may name the place by its key."""
        return str((isinstance(value, str) and places.held(self.user, value)) or value or "")

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        place = places.held(self.user, text) or (
            the_one(text, places.called(self.user, text, most=SHOWN + 1)) if text else None
        )
        return place.key if place else ""


def place_field(user: Any, *, required: bool = True) -> forms.Field:
    """A list where the places are few; of more, each is written by its name."""
    words: dict[str, Any] = {"label": _("Use it for"), "required": required}
    few = places.of(user, most=FEW + 1)
    if len(few) > FEW:
        return PlaceField(user, **words)
    none = [] if required else [("", _("Nothing yet"))]
    return forms.ChoiceField(choices=[*none, *((place.key, place.label) for place in few)], **words)


class FreezeForm(forms.Form):
    """What a person adds to a figure. The figure itself is read again on the server, never taken from the form."""

    row = forms.ChoiceField(label=_("Which number is it about?"), required=False)
    reading = forms.CharField(
        label=_("What does it say, in one sentence?"), widget=forms.Textarea(attrs=SHORT), max_length=1000
    )
    does_not_say = forms.CharField(
        label=_("What does it not say?"),
        help_text=_("The limit that an honest reader should know: what the figure leaves out or cannot prove."),
        widget=forms.Textarea(attrs=SHORT),
        max_length=1000,
    )
    use_for = forms.CharField()
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Visibility.choices, initial=Visibility.PUBLIC)

    def __init__(self, *args: Any, numbers: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use_for"] = place_field(user, required=False)
        if len(numbers) > 1:
            whole = ("", _("The whole figure"))
            choices_of(self, "row").choices = [whole, *((n.label, f"{n.label}: {n.value:,.2f}") for n in numbers)]
        else:
            del self.fields["row"]


class DocumentForm(forms.ModelForm):
    document_url = web_field()
    municipality = municipality_field()
    use_for = forms.CharField()

    class Meta:
        model = Evidence
        fields = [
            "document_title",
            "document_page",
            "document_url",
            "reading",
            "does_not_say",
            "as_of",
            "municipality",
            "use_for",
            "visibility",
        ]
        widgets = {
            "reading": forms.Textarea(attrs=SHORT),
            "does_not_say": forms.Textarea(attrs=SHORT),
            "as_of": DayInput(),
        }
        labels = {"as_of": _("Day of the document")}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use_for"] = place_field(user, required=False)
        self.fields["document_page"].required = self.fields["document_title"].required = True


class UseForm(forms.Form):
    use_for = forms.CharField()
    claim = forms.CharField(label=_("What is it to show?"), required=False, max_length=500)
    strength = forms.ChoiceField(
        label=_("How strong is it?"), required=False, choices=[("", "—"), *EvidenceUse.Strength.choices]
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use_for"] = place_field(user)


class GapForm(forms.ModelForm):
    public_body = body_field(label=_("Who should publish it"))

    class Meta:
        model = DataGap
        fields = ["what_is_missing", "public_body", "addressee"]
        widgets = {"what_is_missing": forms.Textarea(attrs=SHORT)}


class RequestForm(forms.Form):
    letter = forms.CharField(
        label=_("Letter"),
        help_text=_("A draft: change it and send it through the platform of your state."),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=5000,
    )
    folio = forms.CharField(label=_("Folio"), max_length=60)
    asked_on = forms.DateField(label=_("Asked on"), widget=DayInput(), initial=timezone.localdate)
    due_on = forms.DateField(
        label=_("Answer due on"), widget=DayInput(), required=False, help_text=_("Empty: counted in working days.")
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("What did they answer?"), widget=forms.Textarea(attrs=SHORT), max_length=5000)
    answered_on = forms.DateField(label=_("Answered on"), widget=DayInput(), initial=timezone.localdate)
    denied = forms.BooleanField(label=_("They denied it"), required=False)


class PublishForm(forms.Form):
    """Which dataset came of it: one whose figures are published, or that one's own organisation handed in."""

    source = forms.CharField()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = SourceFile.objects.visible_to(user).order_by()
        rows = Source.objects.filter(pk__in=files.values("source"))
        words: dict[str, Any] = {"label": _("Resulting dataset")}
        if len(rows.order_by()[: FEW + 1]) <= FEW:
            self.fields["source"] = forms.ModelChoiceField(queryset=rows, **words)
        else:
            self.fields["source"] = NameField(
                lambda text: rows.filter(name__icontains=text), help_text=_("Write its name."), **words
            )


class TrailForm(forms.ModelForm):
    public_body = body_field()

    class Meta:
        model = MoneyTrail
        fields = ["title", "programme", "public_body", "challenge"]

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "challenge").queryset = project.challenges.all()


class TrailAnswerForm(forms.ModelForm):
    class Meta:
        model = TrailAnswer
        fields = ["state", "text", "failed_search", "evidence"]
        widgets = {
            "state": forms.RadioSelect,
            "text": forms.Textarea(attrs=SHORT),
            "failed_search": forms.Textarea(attrs=SHORT),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.instance.trail.project
        used = Evidence.objects.visible_to(user).filter(uses__project=project) | Evidence.objects.visible_to(
            user
        ).filter(uses__challenge__project=project)
        choices_of(self, "evidence").queryset = used.distinct()
        self.fields["state"].choices = [one for one in TrailAnswer.State.choices if one[0] != "pendiente"]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        state = data.get("state")
        if state in ("encontrado", "en_parte") and not data.get("text"):
            self.add_error("text", _("Write what was found."))
        if state == "no_encontrado" and not data.get("failed_search"):
            self.add_error("failed_search", _("Write what was searched and where: it becomes the request."))
        return data


class StepForm(forms.ModelForm):
    url = web_field()

    class Meta:
        model = RouteStep
        fields = ["source", "url", "found"]


class OutcomeForm(forms.ModelForm):
    municipality = municipality_field()
    ask_name = forms.CharField(
        label=_("Who outside can say whether it is true?"),
        required=False,
        max_length=200,
        help_text=_("Name and e-mail of somebody of no organisation of the project; they get a personal link."),
    )
    ask_email = forms.EmailField(label=_("Their e-mail"), required=False)

    class Meta:
        model = Outcome
        fields = [
            "actor",
            "what_changed",
            "significance",
            "contribution",
            "ask_name",
            "ask_email",
            "on",
            "kind",
            "level",
            "is_positive",
            "is_intended",
            "municipality",
            "evidence",
            "visibility",
        ]
        widgets = {
            "what_changed": forms.Textarea(attrs=SHORT),
            "significance": forms.Textarea(attrs=SHORT),
            "contribution": forms.Textarea(attrs=SHORT),
            "on": DayInput(),
            "evidence": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.instance.project
        cards = Evidence.objects.visible_to(user)
        used = cards.filter(uses__project=project) | cards.filter(uses__challenge__project=project)
        choices_of(self, "evidence").queryset = used.distinct()
        if self.instance.pk:
            del self.fields["ask_name"], self.fields["ask_email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("ask_name")) != bool(data.get("ask_email")) and "ask_email" not in self.errors:
            self.add_error("ask_email", _("Give both the name and the e-mail, or neither."))
        return data


class AskForm(forms.Form):
    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"))


class SubstantiationForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Did it happen so?"), choices=Substantiation.Verdict.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs=SHORT), max_length=2000)
    show_name = forms.BooleanField(label=_("My name may be shown beside my answer"), required=False)
