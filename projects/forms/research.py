"""The form of a research note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.rules import sees_everything
from projects.models import NoteImage, Project, ResearchNote

from .fields import municipalities_field, offer


class ImageForm(forms.ModelForm):
    upload = forms.FileField(
        label=_("Image"), help_text=_("JPEG, PNG or WebP. Where and with what it was taken is not kept.")
    )

    class Meta:
        model = NoteImage
        fields = ["upload", "alt", "caption"]


class ResearchNoteForm(forms.ModelForm):
    municipalities = municipalities_field()

    class Meta:
        model = ResearchNote
        fields = [
            "title",
            "lede",
            "body",
            "authors",
            "organisation",
            "language",
            "translation_of",
            "projects",
            "municipalities",
            "licence",
        ]
        widgets = {
            "lede": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 18}),
            "projects": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "body": _(
                "Markdown: ## heading, **bold**, - list, [text](address). A card of evidence: [[cifra:its key]], which "
                "stands at the end of its address; [[hoy:its key]] tells its figure of today. An image: [[imagen:its key]], as "
                "its page tells. A footnote: text[^1], and on a line below [^1]: what it says."
            ),
            "translation_of": _("If this is the same note in another language."),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.active() if sees_everything(user) else Organisation.objects.active().of(user)
        self.fields["projects"].required = False
        projects = Project.objects.public()
        notes = ResearchNote.objects.visible_to(user).exclude(pk=self.instance.pk)
        offer(self, "organisation", own, own.matching)
        offer(self, "projects", projects, projects.matching)
        offer(self, "translation_of", notes, lambda text: notes.filter(title__icontains=text))
        if self.instance.pk:
            self.initial["municipalities"] = list(self.instance.municipalities.select_related("state"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        origin = data.get("translation_of")
        if origin and origin.language == data.get("language"):
            self.add_error("translation_of", _("A translation is in another language than the note it translates."))
        return data
