from django.urls import path

from datasets.views import files, ingests, mapping, releases, rows

app_name = "datasets"

urlpatterns = [
    path("datos/", files.catalogue, name="catalogue"),
    path("datos/subir/", files.upload, name="upload"),
    path("datos/instituciones/", files.suggest_bodies, name="suggest_bodies"),
    path("datos/archivos/<int:pk>/", files.source_file, name="file"),
    path("datos/archivos/<int:pk>/original", files.original, name="original"),
    path("datos/cargas/<int:pk>/", ingests.ingest, name="ingest"),
    path("datos/cargas/<int:pk>/columnas/", mapping.columns, name="columns"),
    path("datos/cargas/<int:pk>/publicar/", ingests.publish, name="publish"),
    path("datos/cargas/<int:pk>/rechazadas.csv", ingests.rejects, name="rejects"),
    path("datos/versiones/<int:pk>/", releases.release, name="release"),
    path("datos/versiones/<int:pk>/restaurar/", releases.restore, name="restore"),
    path("datos/versiones/<int:pk>/retirar/", releases.withdraw, name="withdraw"),
    path("datos/versiones/<int:pk>/filas/<int:line_no>/", rows.row, name="row"),
]
