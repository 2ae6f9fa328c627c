"""What happened in a project: a page, and the same as a feed for whoever reads it elsewhere."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from projects.models import Project
from projects.news import News, news_of

from .pages import OfProject

FEED_SIZE = 30


class NewsPage(OfProject, TemplateView):
    template_name = "projects/news.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(news=news_of(self.project, self.request.user), **kwargs)


class NewsFeed(Feed):
    """What everybody may see: whoever reads a feed is not signed in."""

    def get_object(self, request: HttpRequest, slug: str) -> Project:
        return get_object_or_404(Project.objects.public(), slug=slug)

    def title(self, project: Project) -> str:
        return project.title

    def description(self, project: Project) -> str:
        return _("What happens in this project")

    def link(self, project: Project) -> str:
        return project.get_absolute_url()

    def items(self, project: Project) -> list[tuple[Project, News]]:
        return [(project, one) for one in news_of(project, AnonymousUser(), FEED_SIZE)]

    def item_title(self, item: tuple[Project, News]) -> str:
        return item[1].what

    def item_description(self, item: tuple[Project, News]) -> str:
        return item[1].text

    def item_link(self, item: tuple[Project, News]) -> str:
        return item[1].url or item[0].get_absolute_url()

    def item_guid(self, item: tuple[Project, News]) -> str:
        project, one = item
        return f"{project.slug}:{one.at}:{one.what}:{one.url}:{one.text[:60]}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: tuple[Project, News]) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(item[1].at, datetime.time(12)))
