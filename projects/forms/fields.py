"""Fields in which things are named as people name them, and how the site dresses dates and sheets of boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from gesoc.common.text import sort_key
from municipalities.models import Municipality
from partners.models import Organisation

SHOWN = 5


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class NameField(forms.CharField):
    """One thing, typed by its name. A name that fits several is answered with those it fits."""

    def __init__(self, find: Callable[[str], QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(max_length=300, **kwargs)
        self.find = find

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return one_named(text, self.find) if text else None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Model) else value


class NamesField(forms.CharField):
    """Several things, one name a line."""

    widget = forms.Textarea

    def __init__(self, find: Callable[[str], QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(max_length=5000, **kwargs)
        self.find = find
        self.widget.attrs["rows"] = 3

    def clean(self, value: Any) -> list[Any]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return list(dict.fromkeys(one_named(line, self.find) for line in lines))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(str(one) for one in value)


def one_named(text: str, find: Callable[[str], QuerySet[Any]]) -> Any:
    return the_one(text, list(find(text)[: SHOWN + 1]))


def the_one(text: str, found: list[Any]) -> Any:
    """The one that is called so, or the only one that fits; else the form asks."""
    exact = [one for one in found if sort_key(str(one)) == sort_key(text)]
    named = exact if len(exact) == 1 else found
    if len(named) == 1:
        return named[0]
    if not named:
        raise ValidationError(_("Nothing here is called “%(text)s”."), params={"text": text})
    several = "; ".join(str(one) for one in named[:SHOWN])
    raise ValidationError(
        _("“%(text)s” can be several: %(several)s. Write one of them in full."),
        params={"text": text, "several": several},
    )


def municipalities(text: str) -> QuerySet[Municipality]:
    name, _comma, state = text.partition(",")
    found = Municipality.objects.select_related("state").matching(text)
    exact = found.filter(sort_key=sort_key(name))
    if state.strip():
        exact = exact.filter(state__search_text__contains=sort_key(state))
    return exact if exact.exists() else found


def organisations(text: str) -> QuerySet[Organisation]:
    """Of those that are listed: nobody learns from a form that a mere contact exists."""
    listed = Organisation.objects.listed()
    exact = listed.filter(sort_key=sort_key(text))
    return exact if exact.exists() else listed.matching(text)


def municipalities_field(**kwargs: Any) -> NamesField:
    words = {"label": _("Municipalities"), "help_text": _("One a line, for example: Torreón, Coahuila.")}
    return NamesField(municipalities, required=False, **{**words, **kwargs})


def municipality_field(**kwargs: Any) -> NameField:
    return NameField(municipalities, required=False, **{"label": _("Municipality"), **kwargs})


def choices_of(form: forms.BaseForm, name: str) -> Any:
    """The field whose choices depend on who asks."""
    return form.fields[name]


FEW = 40


def offer(form: forms.ModelForm, name: str, rows: QuerySet[Any], find: Callable[[str], QuerySet[Any]]) -> None:
    """The choices of a field as a list where they are few; where they are many, typed by name and looked for among them.

    A list of thousands is no choice, and costs what it is long.
    """
    field = form.fields[name]
    if len(rows.order_by()[: FEW + 1]) <= FEW:
        choices_of(form, name).queryset = rows
        return
    shared = {"label": field.label, "required": field.required}
    if isinstance(field, forms.ModelMultipleChoiceField):
        words = _("One a line.")
        form.fields[name] = NamesField(find, help_text=f"{field.help_text} {words}".strip(), **shared)
        if form.instance.pk:
            form.initial[name] = list(getattr(form.instance, name).all())
        return
    form.fields[name] = NameField(find, help_text=field.help_text or _("Write its name."), **shared)
    held = getattr(form.instance, f"{name}_id", None) or form.initial.get(name)
    form.initial[name] = rows.model._default_manager.filter(pk=held).first() if held else None
