"""The form of a comment."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Comment


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["text", "network_only"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].required = True


class CorrectionForm(CommentForm):
    class Meta(CommentForm.Meta):
        fields = ["text"]


class RemovalForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), required=False, max_length=300)
