"""Project package of Mesa de Datos."""

from gesoc.celery import app as celery_app

__all__ = ["celery_app"]
