import gc

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "gesoc.admin.Administration"

    def ready(self) -> None:
        """The other half of what the settings begin: collect garbage again, but not among all that was loaded."""
        super().ready()
        gc.freeze()
        gc.enable()
