"""The published figure by which a commitment is measured: whose money, what of it, in which year, how much."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from datasets.models import ClassNode, Kind, PublicBody
from datasets.selectors.figures import MOMENTS
from datasets.words import moment_name
from dialogues.models import Commitment, CommitmentFigure

EARLIEST, LATEST = 2000, 2100
# What people follow; increases, exercised and reported stand in the data for whoever compares files.
ASKED = ("approved", "modified", "committed", "accrued", "paid", "estimated", "collected")
WHOLE = {Kind.EXPENDITURE: _("All expenditure"), Kind.REVENUE: _("All revenue")}
# Kind, how it is told apart, and the level of the official classifier that names the headings.
HEADINGS = (
    (Kind.EXPENDITURE, "chapter", ClassNode.Classifier.OBJECT, "chapter"),
    (Kind.REVENUE, "rubro", ClassNode.Classifier.REVENUE, "rubro"),
)


def about(kind: str, by: str = "", heading: str = "") -> str:
    return f"{kind}:{by if heading else ''}:{heading}"


def headings() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Grouped: all expenditure and its chapters, all revenue and its rubros."""
    short = "short_en" if (get_language() or "").startswith("en") else "short_es"
    found = []
    for kind, by, classifier, level in HEADINGS:
        nodes = ClassNode.objects.filter(classifier=classifier, level=level).order_by("code")
        named = [(about(kind, by, node.code), f"{node.code} {getattr(node, short) or node.name_es}") for node in nodes]
        found.append((Kind(kind).label, [(about(kind), WHOLE[kind]), *named]))
    return found


class FigureForm(forms.ModelForm):
    about = forms.ChoiceField(label=_("What money?"))
    year = forms.IntegerField(label=_("Year"), min_value=EARLIEST, max_value=LATEST)
    moment = forms.ChoiceField(
        label=_("Moment"),
        choices=[(name, moment_name(name)) for name in ASKED],
        help_text=_("Expenditure is approved, modified, committed, accrued, paid; revenue is estimated, collected."),
    )

    class Meta:
        model = CommitmentFigure
        fields = ["public_body", "about", "year", "moment", "direction", "target"]
        widgets = {"direction": forms.RadioSelect}
        help_texts = {"target": _("In pesos. Every new file is compared with it.")}

    field_order = ["public_body", "about", "year", "moment", "direction", "target"]

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = headings()  # type: ignore[attr-defined]
        self.fields["moment"].choices = [(name, moment_name(name)) for name in ASKED]  # type: ignore[attr-defined]
        self.fields["public_body"].queryset = bodies(commitment)  # type: ignore[attr-defined]

    def clean_about(self) -> str:
        kind, by, heading = str(self.cleaned_data["about"]).split(":")
        self.instance.kind, self.instance.by, self.instance.heading = kind, by or "chapter", heading
        return str(self.cleaned_data["about"])

    def clean_moment(self) -> str:
        moment = str(self.cleaned_data["moment"])
        if "about" in self.cleaned_data and moment not in MOMENTS[self.instance.kind]:
            raise ValidationError(_("This moment does not belong to that money: choose another."))
        return moment


def bodies(commitment: Commitment) -> Any:
    """Those of the municipality; where it has none that is known, or there is none, all that have data."""
    own = PublicBody.objects.known().filter(municipality=commitment.municipality_id)
    return own if commitment.municipality_id and own.exists() else PublicBody.objects.with_data()
