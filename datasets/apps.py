from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "datasets"

    def ready(self) -> None:
        from datasets.catalogue import releases_of_organisation
        from partners.selectors import add_section

        add_section("datasets/_of_organisation.html", releases_of_organisation)
