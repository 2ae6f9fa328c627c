"""The draft of a request for information. People change it before they send it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import DataGap


def draft(gap: DataGap) -> str:
    """Plain and complete: what, in which form, and what to do if another office has it."""
    addressee = gap.addressee or str(gap.public_body or _("the public body that answers for it"))
    return "\n\n".join(
        [
            _("To the transparency unit of %(addressee)s") % {"addressee": addressee},
            _("Under the right of access to public information I request:"),
            gap.what_is_missing,
            _(
                "Please hand it over in an open and editable format (CSV or XLSX), as it is kept, "
                "with the meaning of its columns."
            ),
            _("If it is published already, please give the exact address and the date of its last change."),
            _(
                "If another office keeps it, please say which one. If it does not exist, please say why, with its ground."
            ),
        ]
    )
