# One image for both processes: `docker run … python -m slackbot` or, by default, `python -m agent_worker`.
# The digest is the same image for ever; `docker buildx imagetools inspect python:3.11-slim` tells the newest one.
FROM python:3.11.16-slim-trixie@sha256:1042b61448fef4ba92d16a8c7eb4996d027568ce64792a7877fd88511e0af7c6 AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11.16-slim-trixie@sha256:1042b61448fef4ba92d16a8c7eb4996d027568ce64792a7877fd88511e0af7c6
RUN useradd --create-home --uid 10001 agent
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 LOG_FORMAT=json
WORKDIR /app
COPY --from=build /venv /venv
COPY text text
COPY process process
COPY agent_worker agent_worker
COPY slackbot slackbot
COPY manifest.yml manifest.yml
COPY agents/default.md agents/default.md
# Where the worker notes its steps. A volume here outlives the container (docs/operations.md).
RUN mkdir --mode=700 .run && chown agent .run
USER 10001
# The worker lets running steps finish for 30 s: give it longer than that to stop.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "agent_worker"]
