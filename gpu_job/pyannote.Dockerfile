# The worker with the other diarizer, pyannote.audio (DIARIZER=pyannote), on top of the worker's own image. From the root:
#   docker build -f gpu_job/pyannote.Dockerfile --build-arg WORKER=REGISTRY/gpu_job@sha256:… .
# It adds torch, with what that wants of CUDA: some gigabytes. The weights of community-1 are given to those who ask for
# them, so that no image of ours may hold them: put their folder at /opt/community-1, in an image on top or as a volume.
ARG WORKER
FROM $WORKER
USER 0
COPY gpu_job/requirements-pyannote.lock /tmp/requirements.lock
# Wheels only, as in the worker's image; what is there already is found to be the same.
RUN pip --python /opt/aisubs/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
      -r /tmp/requirements.lock && rm /tmp/requirements.lock
USER 10001
ENV DIARIZER=pyannote SPEAKER_MODEL_DIR=/opt/community-1 PYANNOTE_METRICS_ENABLED=false
