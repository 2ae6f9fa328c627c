"""What allauth says on our pages, listed so that our catalogue translates it: its Spanish says “usted”, the site says “tú”."""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("Use your password"),
    _("Use authenticator app or code"),
    _("Use a security key"),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("The email address and/or password you specified are not correct."),
    _("The new value must be different from the current one."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("You cannot deactivate two-factor authentication."),
    _("Please reauthenticate to safeguard your account."),
    _("Your password has been changed."),
    _("Your password has been reset."),
    _("Your password has been set."),
)
