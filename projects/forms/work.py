"""Forms of the daily work: log, check-in, activities, hypotheses, indicators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from projects.models import (
    Activity,
    ChangeHypothesis,
    DigestChoice,
    Evidence,
    Indicator,
    LearningNote,
    LogEntry,
    Project,
    ProjectPartner,
    Reading,
)

from .fields import DayInput, choices_of


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


def partners_of(project: Project) -> Any:
    accepted = project.partners.filter(state=ProjectPartner.State.ACCEPTED)
    return Organisation.objects.filter(pk__in=accepted.values("organisation_id"))


class LogEntryForm(forms.ModelForm):
    uploads = FilesField(label=_("Attach files"), required=False, help_text=_("PDF, images, sheets, text."))
    files_are_public = forms.BooleanField(
        label=_("Whoever sees the entry may see these files"),
        required=False,
        help_text=_("Otherwise only the partners do."),
    )

    class Meta:
        model = LogEntry
        fields = ["text", "kind", "on", "what_changed", "visibility", "organisations", "uploads", "files_are_public"]
        widgets = {"on": DayInput(), "organisations": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "organisations").queryset = partners_of(project)


class LearningNoteForm(forms.ModelForm):
    class Meta:
        model = LearningNote
        fields = ["did", "learned", "next", "blocked_by", "visibility"]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("did", "learned", "next", "blocked_by")}


class ActivityForm(forms.ModelForm):
    class Meta:
        model = Activity
        fields = ["title", "kind", "organisation", "user", "due_on"]
        widgets = {"due_on": DayInput()}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "organisation").queryset = partners_of(project)
        members = project.members.in_force().values("user_id")
        people = choices_of(self, "user")
        people.queryset = people.queryset.filter(pk__in=members)


class HypothesisForm(forms.ModelForm):
    class Meta:
        model = ChangeHypothesis
        fields = ["if_text", "then_text", "because_text", "assumptions"]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in fields}


class AdjustForm(HypothesisForm):
    reason = forms.CharField(label=_("Why did it change?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class IndicatorForm(forms.ModelForm):
    class Meta:
        model = Indicator
        fields = [
            "name",
            "definition",
            "unit",
            "direction",
            "baseline",
            "baseline_on",
            "target",
            "target_on",
            "fed_by",
        ]
        widgets = {
            "baseline_on": DayInput(),
            "target_on": DayInput(),
            "definition": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Evidence.objects.filter(uses__project=project, value__isnull=False)
        choices_of(self, "fed_by").queryset = used.distinct()
        self.fields["fed_by"].help_text = _("A card of this project with one number. Leave open to read it by hand.")


class ReadingForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ["value", "as_of", "note"]
        widgets = {"as_of": DayInput(), "note": forms.Textarea(attrs={"rows": 2})}


class DigestForm(forms.Form):
    wanted = forms.BooleanField(
        label=_("Send me my week by mail"),
        required=False,
        help_text=_("With it you agree to news by mail; each one has a link that ends them with one click."),
    )
    weekday = forms.TypedChoiceField(label=_("Day"), choices=DigestChoice.Day.choices, coerce=int)
    hour = forms.TypedChoiceField(label=_("Hour"), choices=[(n, f"{n}:00") for n in range(24)], coerce=int)
