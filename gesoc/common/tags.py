"""What a template may ask for that depends on no page."""

from __future__ import annotations

from functools import cache

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.urls import get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gesoc.common.charts.around import figure_with, table_with
from gesoc.common.i18n import tag_of
from gesoc.common.views import navigation

register = template.Library()
register.filter("html_lang", tag_of)


@register.simple_tag
def foot() -> SafeString:
    """The same under every page of a language; each process draws it once, since twenty addresses are looked up for it."""
    return drawn_foot(get_language() or settings.LANGUAGE_CODE, get_urlconf() or settings.ROOT_URLCONF)


@cache
def drawn_foot(language: str, urlconf: str) -> SafeString:
    return render_to_string("_foot.html", {"navigation": navigation()})


@register.simple_tag(takes_context=True)
def top(context: Context) -> SafeString:
    """The head of a page as far as it says nothing of the visitor or the address but the room it is in."""
    links = context.get("navigation") or ()
    rooms = tuple(link.current for link in links)
    language, urlconf = get_language() or settings.LANGUAGE_CODE, get_urlconf() or settings.ROOT_URLCONF
    return drawn_top(language, urlconf, rooms, bool(context.get("is_demo")))


@cache
def drawn_top(language: str, urlconf: str, rooms: tuple[bool, ...], is_demo: bool) -> SafeString:
    """`rooms`: for each of the bar whether the page lies in it; none where an error page has no bar."""
    links = [link._replace(current=here) for link, here in zip(navigation(), rooms, strict=False)]
    return render_to_string("_top.html", {"navigation": links, "is_demo": is_demo})


@register.simple_tag(takes_context=True)
def around_figure(context: Context) -> SafeString:
    """The component `figure`, whose attributes are in the context."""
    bare, level = bool(context["bare"]), str(context["level"])
    return figure_with(context["figure"], context["slot"], level, bare, context.get("request"))


@register.simple_tag(takes_context=True)
def around_table(context: Context) -> SafeString:
    """The component `table`."""
    return table_with(context["table"], bool(context["region"]), context["class"])
