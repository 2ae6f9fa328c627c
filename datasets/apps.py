from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "datasets"

    def ready(self) -> None:
        from datasets.catalogue import releases_of_organisation
        from datasets.versions import bump_data_version
        from municipalities.changes import hear_of_figures
        from partners.selectors import add_section
        from partners.services import leave_out

        add_section("datasets/_of_organisation.html", releases_of_organisation)
        hear_of_figures(bump_data_version)  # standings are remembered by the version of the data
        published = (
            "classnode label publicbody publicbodyevent source sourcefile mappingprofile mappingprofileevent rowissue "
            "expenditureline revenueline contract work sanction debt supplier expenditurecell revenuecell contractcell "
            "suppliertotal legalreference legalreferenceevent procurementcap procurementcapevent package pinnedfigure watch "
            "fetch"
        )
        leave_out(
            "what a public body published, or is computed from it", *(f"datasets.{one}" for one in published.split())
        )
