"""The address of a page as a QR code."""

from __future__ import annotations

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def qr(text: str, label: str = "") -> SafeString:
    """A QR code as one SVG path, dark on white whatever the colour scheme."""
    rows = [list(row) for row in segno.make(text, micro=False).matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><rect width="{0}" height="{0}" fill="#fff"/>'
        '<path d="{2}" fill="#000"/></svg>',
        size,
        label or _("QR code of the page to vote"),
        path,
    )
