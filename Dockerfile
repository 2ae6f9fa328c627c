# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 DJANGO_SETTINGS_MODULE=gesoc.settings
RUN useradd --system --uid 10001 --create-home mesa
WORKDIR /app

# The locks alone first: this layer is built again only when they change.
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY . .
# The build has no secret to give away: this key exists for these two commands only.
ENV STATIC_ROOT=/app/collected MEDIA_ROOT=/data/media
RUN python -m gesoc.translations compile \
    && SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir -p /app/var /data/media \
    && chown mesa:mesa /app/var /data/media

USER mesa
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=12s --start-period=30s CMD ["python", "-m", "gesoc.probe", "web"]
CMD ["gunicorn", "gesoc.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
