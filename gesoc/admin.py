"""The administration: one way in for everybody, and an index ordered by what people look for."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

# Heading of the index, and its models in order. What is not named here follows under the name of its app.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("People and organisations"), ("partners.user", "partners.organisation", "partners.membership")),
    (
        _("Projects and evidence"),
        (
            "projects.project",
            "projects.challenge",
            "projects.evidence",
            "projects.datagap",
            "projects.guidingquestion",
        ),
    ),
    (_("Published data"), ("datasets.release", "datasets.publicbody", "datasets.source")),
    (
        _("Files and readings"),
        ("datasets.ingest", "datasets.sourcefile", "datasets.rowissue", "datasets.mappingprofile"),
    ),
    (_("Names and classifiers"), ("datasets.classnode", "datasets.label", "datasets.supplier")),
    (
        _("Who changed what"),
        (
            "partners.userevent",
            "partners.organisationevent",
            "partners.membershipevent",
            "datasets.releaseevent",
            "datasets.publicbodyevent",
            "datasets.mappingprofileevent",
        ),
    ),
)


class Administration(AdminSite):
    site_header = _("Mesa de Datos: administration")
    site_title = _("Mesa de Datos")
    index_title = _("What do you want to look after?")

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own sign-in, with its second step and its limits of attempts."""
        return super().login(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {
            f"{app['app_label']}.{model['object_name'].lower()}": model for app in apps for model in app["models"]
        }
        groups = [
            {"name": name, "app_label": f"group-{number}", "app_url": "", "has_module_perms": True, "models": found}
            for number, (name, keys) in enumerate(GROUPS)
            if (found := [models.pop(key) for key in keys if key in models])
        ]
        left = list(models.values())
        return groups + [app | {"models": rest} for app in apps if (rest := [m for m in app["models"] if m in left])]
