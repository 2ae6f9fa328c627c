"""Fields in which people write names of municipalities and organisations, with suggestions where scripts run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gesoc.common.text import search_text
from municipalities.models import Municipality
from municipalities.selectors import search_municipalities
from partners.models import Organisation

MUNICIPALITIES = reverse_lazy("partners:suggest_municipalities")
ORGANISATIONS = reverse_lazy("partners:suggest_organisations")


class Suggesting(forms.TextInput):
    """A text box whose list of suggestions is filled while one types (static/js/suggest.js)."""

    def __init__(self, address: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.address = address

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        more = {**(attrs or {}), "list": list_id, "autocomplete": "off", "data-suggest": str(self.address)}
        return format_html('{}<datalist id="{}"></datalist>', super().render(name, value, more, renderer), list_id)


def find_municipality(text: str) -> Municipality | None:
    """By code, or by a name that means one municipality: "Torreón, Coahuila"; "Torreón" where there is one."""
    wanted = search_text(text)
    found = search_municipalities(text, 20)
    exact = [one for one in found if wanted in (one.code, search_text(str(one)))]
    named = exact or [one for one in found if search_text(one.name) == wanted]
    return named[0] if len(named) == 1 else None


UNKNOWN_PLACE = _("We do not find “%(text)s”, or there are several: write the name and the state, or the INEGI code.")


class MunicipalityField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Suggesting(MUNICIPALITIES), max_length=120, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A stored code is shown by its name; what was typed stays as it was."""
        if isinstance(value, str) and len(value) == 5 and value.isdigit():
            return str(Municipality.objects.select_related("state").filter(pk=value).first() or value)
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if (found := find_municipality(text)) is None:
            raise forms.ValidationError(UNKNOWN_PLACE, params={"text": text})
        return found


class MunicipalitiesField(forms.CharField):
    """One municipality a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(map(str, value))

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        found = {line: find_municipality(line) for line in dict.fromkeys(lines)}
        unknown = [line for line, one in found.items() if one is None]
        if unknown:
            raise forms.ValidationError([forms.ValidationError(UNKNOWN_PLACE, params={"text": t}) for t in unknown])
        return list(dict.fromkeys(found.values()))


class OrganisationField(forms.CharField):
    """An organisation by its name or its address; only among those that the asking person may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Suggesting(ORGANISATIONS), max_length=200, **kwargs)
        self.queryset = Organisation.objects.none()

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        wanted = search_text(text)
        rows = self.queryset.filter(search_text__startswith=wanted[:240])[:20] if wanted else []
        exact = [one for one in rows if wanted in (search_text(one.name), search_text(one.acronym))]
        if len(exact) != 1:
            raise forms.ValidationError(_("There is no organisation of that name, or there are several."))
        return exact[0]
