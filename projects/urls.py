"""Projects, challenges, evidence, data gaps, exercises and notes."""

from __future__ import annotations

from django.urls import include, path

from .views import challenges, comments, evidence, log, money, news, outcomes, people, plans, projects, research, week

app_name = "projects"

of_project = [
    path("", projects.ProjectPage.as_view(), name="project"),
    path("informe/", projects.ProjectReport.as_view(), name="report"),
    path("descargar/", projects.export, name="export"),
    path("editar/", projects.EditProject.as_view(), name="edit"),
    path("etapa/", projects.ChangeStage.as_view(), name="stage"),
    path("organizaciones/", people.Partners.as_view(), name="partners"),
    path("organizaciones/<int:pk>/", people.AnswerPartnership.as_view(), name="partner"),
    path("personas/", people.Members.as_view(), name="members"),
    path("personas/<int:pk>/", people.EndMember.as_view(), name="member"),
    path("novedades/", news.NewsPage.as_view(), name="news"),
    path("novedades/rss/", news.NewsFeed(), name="news_feed"),
    path("bitacora/", log.Log.as_view(), name="log"),
    path("bitacora/nueva/", log.WriteEntry.as_view(), name="write_entry"),
    path("bitacora/<uuid:key>/", log.EditEntry.as_view(), name="edit_entry"),
    path("archivos/<uuid:key>/", log.Download.as_view(), name="attachment"),
    path("reflexiones/", log.Notes.as_view(), name="notes"),
    path("reflexiones/nueva/", log.WriteNote.as_view(), name="write_note"),
    path("reflexiones/<uuid:key>/", log.ShareNote.as_view(), name="share_note"),
    path("actividades/", plans.Activities.as_view(), name="activities"),
    path("actividades/<int:pk>/", plans.MoveActivity.as_view(), name="activity"),
    path("cambio/", plans.Hypotheses.as_view(), name="hypotheses"),
    path("cambio/<int:pk>/", plans.AdjustHypothesis.as_view(), name="hypothesis"),
    path("indicadores/", plans.Indicators.as_view(), name="indicators"),
    path("indicadores/<int:pk>/", plans.IndicatorPage.as_view(), name="indicator"),
    path("lecturas/<int:pk>/", plans.ReviewReading.as_view(), name="reading"),
    path("resultados/nuevo/", outcomes.WriteOutcome.as_view(), name="write_outcome"),
    path("dinero/nuevo/", money.StartTrail.as_view(), name="start_trail"),
    path("faltantes/nuevo/", challenges.WriteGap.as_view(), name="write_gap"),
]

of_outcome = [
    path("", outcomes.OutcomePage.as_view(), name="outcome"),
    path("editar/", outcomes.EditOutcome.as_view(), name="edit_outcome"),
    path("preguntar/", outcomes.AskSubstantiation.as_view(), name="ask_substantiation"),
]

of_challenge = [
    path("", challenges.ChallengePage.as_view(), name="challenge"),
    path("editar/", challenges.EditChallenge.as_view(), name="edit_challenge"),
    path("estado/", challenges.MoveChallenge.as_view(), name="move_challenge"),
]

of_evidence = [
    path("", evidence.EvidencePage.as_view(), name="evidence"),
    path("qr.svg", evidence.qr, name="evidence_qr"),
    path("usar/", evidence.UseEvidence.as_view(), name="use_evidence"),
]

of_trail = [
    path("", money.TrailPage.as_view(), name="trail"),
    path("respuestas/<int:pk>/", money.AnswerQuestion.as_view(), name="trail_answer"),
    path("ruta/", money.AddStep.as_view(), name="trail_step"),
]

of_note = [
    path("", research.ResearchPage.as_view(), name="research_note"),
    path("editar/", research.EditResearch.as_view(), name="edit_research"),
    path("imagenes/", research.ResearchImages.as_view(), name="research_images"),
    path("imagenes/<uuid:key>/", research.ResearchImage.as_view(), name="research_image"),
    path("imagenes/<uuid:key>/quitar/", research.RemoveImage.as_view(), name="remove_research_image"),
    path("estado/", research.MoveResearch.as_view(), name="move_research"),
]

urlpatterns = [
    path("mi-semana/", week.MyWeek.as_view(), name="week"),
    path("mi-semana/correo/", week.ChooseDigest.as_view(), name="digest"),
    path("proyectos/", projects.ProjectDirectory.as_view(), name="directory"),
    path("proyectos/nuevo/", projects.CreateProject.as_view(), name="create"),
    path("proyectos/<slug:slug>/", include(of_project)),
    path("resultados/<uuid:key>/", include(of_outcome)),
    path("verificar/<str:token>/", outcomes.Substantiate.as_view(), name="substantiate"),
    path("retos/", challenges.ChallengeList.as_view(), name="challenges"),
    path("retos/nuevo/", challenges.WriteChallenge.as_view(), name="write_challenge"),
    path("retos/<uuid:key>/", include(of_challenge)),
    path("datos-que-faltan/", challenges.GapList.as_view(), name="gaps"),
    path("datos-que-faltan/<uuid:key>/", challenges.GapPage.as_view(), name="gap"),
    path("evidencia/", evidence.EvidenceList.as_view(), name="evidence_list"),
    path("evidencia/nueva/", evidence.FreezeEvidence.as_view(), name="freeze"),
    path("evidencia/documento/", evidence.DocumentEvidence.as_view(), name="document"),
    path("evidencia/<uuid:key>/", include(of_evidence)),
    path("comentarios/<uuid:key>/", comments.EditComment.as_view(), name="comment"),
    path("comentarios/<uuid:key>/quitar/", comments.RemoveComment.as_view(), name="remove_comment"),
    path("comentarios/<slug:word>/<str:name>/", comments.Comments.as_view(), name="comments"),
    path("seguir-el-dinero/<uuid:key>/", include(of_trail)),
    path("investigacion/", research.ResearchList.as_view(), name="research"),
    path("investigacion/rss/", research.ResearchFeed(), name="research_feed"),
    path("investigacion/nueva/", research.WriteResearch.as_view(), name="write_research"),
    path("investigacion/<slug:slug>/", include(of_note)),
]
