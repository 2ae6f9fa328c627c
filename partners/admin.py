"""Accounts, organisations and memberships. Every change goes through a service, so it leaves who, when and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gesoc.common.admin import AtMost, FoldedSearch, Kept, NumberSearch, ReadOnly, act_on_each, ask_reason

from . import services
from .audit import person
from .models import Membership, MembershipEvent, Organisation, OrganisationEvent, User, UserEvent

# Its one group is kept by `services.ensure_groups`.
admin.site.unregister(Group)

RIGHTS = ("is_gesoc", "is_superuser")
ABOUT = ("email", "full_name", "preferred_language")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = (*ABOUT, *RIGHTS)


class MembershipInline(admin.TabularInline):
    """Those there are, to read; new ones, to add. They end on their own page, where a reason can be given."""

    model = Membership
    fields: ClassVar[Any] = ("user", "organisation", "role", "state", "since", "until")
    readonly_fields = ("state", "since", "until")
    extra = 0
    verbose_name_plural = gettext_lazy("memberships")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembersInline(MembershipInline):
    autocomplete_fields = ("user",)
    fields = ("user", "role", "state", "since", "until")


class OrganisationsInline(MembershipInline):
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "role", "state", "since", "until")


class WithMemberships(Kept):
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for new in formset.new_objects:
            saved = services.add_membership(
                user=new.user, organisation=new.organisation, role=new.role, by=person(request)
            )
            new.pk = saved.pk


@admin.register(User)
class UserAdmin(WithMemberships, DjangoUserAdmin):
    list_display = ("email", "full_name", "is_active", "is_gesoc", "is_superuser", "last_login")
    list_filter = ("is_active", "is_gesoc", "is_superuser", "memberships__role")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    inlines = (OrganisationsInline,)
    add_form = NewUserForm
    fieldsets = (
        (None, {"fields": (*ABOUT, "password")}),
        (gettext_lazy("Rights"), {"fields": ("is_active", *RIGHTS)}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": (*ABOUT, "usable_password", "password1", "password2", *RIGHTS)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks themselves out: the own rights are for another administrator."""
        own = ("is_active", *RIGHTS) if obj and obj.pk == request.user.pk else ()
        return (*self.readonly_fields, *own)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple[Any, ...]:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        data = form.cleaned_data
        if not change:
            saved = services.create_user(
                **{name: data[name] for name in ABOUT},
                password=data.get("password1") or None,
                is_gesoc=data["is_gesoc"],
                is_admin=data["is_superuser"],
                by=person(request),
            )
            obj.__dict__.update(saved.__dict__)
            return
        changed = {name: data[name] for name in (*ABOUT, "is_active") if name in form.changed_data}
        if changed:
            services.update_user(user=obj, by=person(request), **changed)
        if set(RIGHTS) & set(form.changed_data):
            services.set_platform_rights(
                user=obj, by=person(request), is_gesoc=data["is_gesoc"], is_admin=data["is_superuser"]
            )


@admin.register(Organisation)
class OrganisationAdmin(WithMemberships, FoldedSearch, admin.ModelAdmin):
    list_display = ("name", "acronym", "kind", "status", "is_network_partner", "home_municipality")
    list_filter = ("status", "kind", "is_network_partner", "home_municipality__state")
    list_select_related = ("home_municipality__state",)
    search_fields = ("search_text",)
    date_hierarchy = "created_at"
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("home_municipality", "coverage")
    inlines = (MembersInline,)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        services.save_organisation(organisation=obj, by=person(request))


class RoleForm(forms.ModelForm):
    """A role can be changed where the membership is alive and the person has not that role there already."""

    class Meta:
        model = Membership
        fields = ("role",)

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        held = Membership.objects.not_ended().filter(
            user=self.instance.user_id, organisation=self.instance.organisation_id, role=role
        )
        if held.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This person already has that role in the organisation."))
        if self.instance.state not in (Membership.State.INVITED, Membership.State.ACTIVE):
            raise forms.ValidationError(_("Only an invited or active membership can change its role."))
        return role


@admin.register(Membership)
class MembershipAdmin(Kept, admin.ModelAdmin):
    list_display = ("user", "organisation", "role", "state", "since", "until")
    list_filter = ("state", "role", "organisation__kind")
    list_select_related = ("user", "organisation")
    search_fields = ("user__email", "user__full_name", "organisation__name")
    date_hierarchy = "since"
    autocomplete_fields = ("user", "organisation")
    actions = ("suspend", "resume", "end")

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "organisation", "role", "state", "since", "until") if obj else ("user", "organisation", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "organisation", "state", "since", "until") if obj else ()

    def get_form(self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj:
            kwargs["form"] = RoleForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if not change:
            saved = services.add_membership(
                user=obj.user, organisation=obj.organisation, role=obj.role, by=person(request)
            )
            obj.pk = saved.pk
        elif form.has_changed():
            services.change_role(membership=obj, role=form.cleaned_data["role"], by=person(request))

    @admin.action(description=gettext_lazy("Suspend the chosen memberships"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return ask_reason(
            self,
            request,
            queryset,
            title=_("Suspend memberships"),
            act=lambda row, reason: services.suspend_membership(membership=row, by=person(request), reason=reason),
        )

    @admin.action(description=gettext_lazy("Resume the chosen memberships"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        act_on_each(request, queryset, lambda row: services.resume_membership(membership=row, by=person(request)))

    @admin.action(description=gettext_lazy("End the chosen memberships"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return ask_reason(
            self,
            request,
            queryset,
            title=_("End memberships"),
            act=lambda row, reason: services.end_membership(membership=row, by=person(request), reason=reason),
        )


class HistoryAdmin(NumberSearch, ReadOnly, admin.ModelAdmin):
    """Every version of every row, newest first, with who made it, by which action and why."""

    list_display = ("pgh_created_at", "change", "row", "author", "action", "reason")
    list_display_links = ("pgh_created_at",)
    list_filter = ("pgh_label",)
    date_hierarchy = "pgh_created_at"
    ordering = ("-pgh_created_at", "-pgh_id")
    search_fields = ("pgh_obj_id",)
    list_select_related = ("pgh_context",)
    paginator = AtMost

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(changed_by=KeyTextTransform("user", "pgh_context__metadata"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Names of the authors on this page: one query, however many rows."""
        page = super().get_changelist_instance(request)
        people = User.objects.in_bulk({int(event.changed_by) for event in page.result_list if event.changed_by})
        for event in page.result_list:
            event.who = people.get(int(event.changed_by)) if event.changed_by else None
        return page

    @admin.display(description=gettext_lazy("change"), ordering="pgh_label")
    def change(self, event: Any) -> str:
        return {"insert": _("created"), "update": _("changed"), "delete": _("deleted")}.get(
            event.pgh_label, event.pgh_label
        )

    @admin.display(description=gettext_lazy("what"))
    def row(self, event: Any) -> str:
        name = next((getattr(event, field) for field in ("name", "email") if hasattr(event, field)), "")
        return f"{event.pgh_obj_id} {name}".strip()

    @admin.display(description=gettext_lazy("who"))
    def author(self, event: Any) -> str:
        return str(getattr(event, "who", None) or "")

    @admin.display(description=gettext_lazy("action"))
    def action(self, event: Any) -> str:
        return self._noted(event, "action")

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, event: Any) -> str:
        return self._noted(event, "reason")

    @staticmethod
    def _noted(event: Any, key: str) -> str:
        return event.pgh_context.metadata.get(key, "") if event.pgh_context else ""


history_models: tuple[type[Model], ...] = (UserEvent, OrganisationEvent, MembershipEvent)
admin.site.register(history_models, HistoryAdmin)
