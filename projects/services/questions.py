"""The guiding questions of the follow-the-money exercise that come with the code."""

from __future__ import annotations

from partners.audit import acting
from projects.models import GuidingQuestion

QUESTIONS = (
    ("¿Qué se planeó hacer, para quién y dónde?", "Plan municipal de desarrollo; programa anual de obra."),
    ("¿Cuánto dinero se asignó y de qué fondo?", "Presupuesto de egresos; cuenta pública por objeto del gasto."),
    ("¿Quién recibió y ejerció el dinero?", "Informes trimestrales; clasificación administrativa."),
    ("¿Cómo se contrató, con quién y por cuánto?", "Contratos publicados (artículo 70, fracción XXVIII)."),
    ("¿Qué se entregó y con qué calidad?", "Actas de entrega; visita al lugar; fotos con fecha."),
    ("¿Qué cambió para la gente?", "Encuesta propia, reportes ciudadanos, indicadores del programa."),
)


def ensure_questions() -> bool:
    """The first questions where nobody has written any; those that GESOC edits stay as they are. Whether any was made."""
    with acting(None, "ensure_questions"):
        if GuidingQuestion.objects.exists():
            return False
        for order, (text, where) in enumerate(QUESTIONS, start=1):
            question = GuidingQuestion(order=order, text=text, where_to_look=where)
            question.full_clean()
            question.save()
        return True
