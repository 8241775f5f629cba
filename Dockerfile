# CareHub's image for production: web, worker and beat are the same image with different commands (docker-compose.yml).
# The embedded database is not in it.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --no-install-recommends -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/carehub --shell /usr/sbin/nologin carehub \
    && install -d -o carehub -g carehub -m 0700 /var/lib/carehub

WORKDIR /srv/carehub
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . ./
RUN python -m compileall -q carehub clients careplans audits reports

ENV PYTHONUNBUFFERED=1 CAREHUB_VAR=/var/lib/carehub
USER carehub
VOLUME /var/lib/carehub
EXPOSE 8000
CMD ["gunicorn", "--bind=0.0.0.0:8000", "carehub.wsgi"]
