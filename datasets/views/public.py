"""What a public page may repeat of what a file says."""

from __future__ import annotations

from django.utils.translation import gettext

from datasets.privacy import find_personal_data


def public_text(text: str) -> str:
    """The text, unless it shows personal data by itself: a CURP, a natural person's RFC, an account, an address."""
    return gettext("(not public)") if text and find_personal_data([text]) else text
