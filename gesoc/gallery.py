"""Made-up content for `/_componentes/`, the page on which every component is seen by people and by tests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ExampleForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), help_text=_("Four digits, for example 2025"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("1", _("Expenditure")), ("2", _("Revenue"))], widget=forms.RadioSelect
    )
    public = forms.BooleanField(label=_("Show it in public"))


def examples() -> dict[str, Any]:
    return {"form": ExampleForm({"year": "dos mil", "kind": "1", "public": "on"})}
