"""What is asked about a commitment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Commitment, CommitmentVerification
from partners.models import Organisation


class ReportForm(forms.Form):
    """How far it is, in the words of whoever is responsible. The button says which of both it is."""

    note = forms.CharField(
        label=_("What has been done?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence_url = forms.URLField(
        label=_("Where can it be seen?"), required=False, assume_scheme="https", help_text=_("A web address, if any.")
    )


class PostponeForm(forms.Form):
    due_on = forms.DateField(label=_("New date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reason and first date stay visible."),
    )


class DisputeForm(forms.Form):
    text = forms.CharField(
        label=_("What is not as it was written down?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class StateReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class VerifyForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=_("On behalf of"), queryset=Organisation.objects.none(), to_field_name="slug", empty_label=None
    )
    scale = forms.ChoiceField(
        label=_("How much was done?"), choices=CommitmentVerification.Scale.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("What did you look at?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    evidence_url = forms.URLField(label=_("Where can it be seen?"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class CommitmentForm(forms.ModelForm):
    """The three things without which nobody can tell whether it was kept come first."""

    accepted = forms.BooleanField(label=_("The responsible accepted it aloud"), required=False)

    class Meta:
        model = Commitment
        fields = ["text", "responsible", "due_on", "verification", "office", "responsible_person", "challenge"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "verification": forms.Textarea(attrs={"rows": 2}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
