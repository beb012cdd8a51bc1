"""Every setting, typed, with its meaning; the only file that reads the environment.

docs/settings.md is generated from the docstrings below (`make docs`). Plugs are chosen by URL: see aisubs/wiring.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from aisubs.model.component_token import SigningKey
from aisubs.model.job import Options
from aisubs.model.secret_key import is_secret_key
from aisubs.model.speech_model import shown_model
from aisubs.settings_accounts import AccountSettings
from aisubs.settings_hearing import HearingSettings
from aisubs.settings_quotas import QuotaSettings
from aisubs.settings_translation import TranslationSettings

GIB = 1024**3


class Settings(AccountSettings, QuotaSettings, TranslationSettings, HearingSettings):
    """Read from the environment (and a `.env` file in the working directory); names are the fields in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # what is printed of a bad setting must not hold the others, or a key
    )

    # Where things are
    database_url: SecretStr | None = None
    """A Postgres 15 or newer, `postgresql://…`. Empty with no `SUPABASE_URL` either: the embedded Postgres."""
    supabase_url: str | None = None
    """The Supabase project, `https://REF.supabase.co`. Used when `DATABASE_URL` is empty."""
    supabase_service_key: SecretStr | None = None
    """A secret key (`sb_secret_…`, or the legacy service key) of the project, or the token of a component."""
    supabase_signing_key: SigningKey | None = None
    """For the dispatcher alone: JWK or legacy secret that signs a token for each worker, which then needs no key."""
    supabase_publishable_key: str | None = None
    """The key for browsers (`sb_publishable_…`, or the legacy anon key): the page gets live updates. No secret key."""
    store_url: str = ""
    """The bucket: `gs://bucket`, `s3://bucket` or `file:///folder`. Empty: a folder under `DATA_DIR`."""
    data_dir: Path = Path(".aisubs")
    """Where the local edition keeps its database, its store and its logs."""
    aisubs_api_key: SecretStr | None = None
    """The API key that `aisubs transcribe` shows to another server (`--server`), where no `--key-file` is named."""
    import_extractors: str = ""
    """Extractors of yt-dlp that `aisubs import` may use, as `generic,vimeo.*` (empty: its usual ones)."""
    import_private: bool = False
    """Whether `aisubs import` may reach private networks, this machine included."""
    inbox_dir: Path = Path("inbox")
    """Folder that the local edition watches for recordings."""
    results_dir: Path = Path("results")
    """Folder where the local edition puts the subtitles of what was dropped in the inbox."""
    results_beside: bool = False
    """Whether subtitles of what lies in the inbox are put beside it there, as `talk.en.srt`, where players look for
    them: for an inbox that is a library of films. What has subtitles in its language already is left alone."""
    host: str = "127.0.0.1"
    """Address that the local edition listens on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port of the local edition; 0 takes a free one."""
    public_url: str = ""
    """How clients reach the API, when that differs from where it listens (upload URLs are made from it)."""
    allowed_hosts: str = ""
    """Further names that the local edition answers to, separated by commas, such as that of a proxy or of a VPN;
    `*` is any. It goes by addresses in numbers, names without dots and those that only a network at home gives."""
    proxy_hops: int = Field(default=0, ge=0)
    """Proxies before the API that add to `X-Forwarded-For`, to tell strangers apart; Cloud Run's front end is one."""
    allowed_origins: str = ""
    """Web origins that may use the API from a browser, separated by commas."""

    # The cloud's queue and workers
    cloud_tasks_queue: str | None = None
    """`projects/P/locations/L/queues/Q`. Empty: the local queue."""
    dispatch_url: str | None = None
    """URL of the `dispatch` function that Cloud Tasks calls."""
    tasks_service_account: str | None = None
    """Service account whose identity token Cloud Tasks sends to `DISPATCH_URL`."""
    cloud_run_job: str | None = None
    """`projects/P/locations/L/jobs/J`. Empty: workers are subprocesses."""
    cloud_run_overflow_job: str | None = None
    """Another job, in a second region or without a GPU, that starts what has waited for `GPU_PATIENCE_MINUTES`."""
    signing_service_account: str | None = None
    """Service account that signs read URLs where there is no key file."""
    results_url: str | None = None
    """Where the results of dropped files are mirrored: `gs://bucket/prefix`, `s3://bucket/prefix`, `file:///folder`.
    Empty: nowhere in the cloud, `RESULTS_DIR` in the local edition."""
    cloud_tasks_endpoint: str | None = None
    """Another address of the Cloud Tasks API; `http://127.0.0.1:PORT` is talked to without TLS."""
    cloud_run_endpoint: str | None = None
    """Another address of the Cloud Run API, such as a regional one; `http://127.0.0.1:PORT` as above."""

    # The speech model
    model: str = "auto"
    """`auto` (what this machine can carry), a name of `aisubs models`, a hub name, a directory, `openai:` and a name at
    `HEARING_URL`, or `whisper-cpp:` and any of the first four, or a file of that engine (docs/local.md)."""
    model_dir: Path | None = None
    """Where models are kept, a folder each; empty: this user's data folder (`~/.local/share/aisubs/models`)."""
    speaker_model_dir: Path | None = None
    """Where the networks that tell speakers apart lie; empty: `speakers` in the folder of models."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the model runs."""
    compute_type: str = "auto"
    """CTranslate2 compute type; `auto` is float16 on a GPU and int8 on a CPU. Of whisper.cpp that of the file."""
    beam_size: int = Field(default=5, ge=1, le=20)
    """Hypotheses kept while decoding; whisper.cpp keeps one."""
    batch_size: int = Field(default=0, ge=0, le=64)
    """Windows decoded at once after the ramp 2, 4, 8, …; 0: 16 on a GPU, 4 on a CPU. Where memory runs out it is halved
    by itself, and that is remembered for the model and the device."""
    cpu_threads: int = Field(default=0, ge=0)
    """Threads of the model on a CPU, shared out among up to four windows at a time; 0: all cores."""
    models: str = ""
    """Models that web submits may choose beside `MODEL`, with commas between; a worker keeps one loaded at a time."""
    second_opinion: str = ""
    """A larger model to ask about what stays in doubt. Empty: none, unless a job wants one; submits may choose it."""
    diarizer: Literal["onnx", "pyannote", "none"] = "onnx"
    """What tells speakers apart: `onnx`, our own; `pyannote`, an extra, with your weights (docs/local.md); `none`."""
    diarize: bool = False
    """Whether speakers are told apart where nobody says anything about it."""
    on_diarization_failure: Literal["fail", "complete"] = "fail"
    """`fail`: the text stays to be read, a retry goes on with the speakers; `complete`: without them, and said."""
    languages: str = ""
    """What is spoken here (`de, en`): nothing is heard as another language, unless a job names others. Empty: any."""
    price_per_hour: float | None = Field(default=None, ge=0)
    """What an hour of a worker costs, for the costs that people are shown before they submit. Empty: none are shown."""
    price_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """Currency of `PRICE_PER_HOUR`, by ISO 4217."""

    # The life of a job
    concurrency: int = Field(default=3, ge=1)
    """Jobs processed at the same time, all users together."""
    queue_capacity: int = Field(default=0, ge=0)
    """Web submits are refused with 429 when this many jobs wait or are processed; 0: 100 in the local edition,
    `CONCURRENCY` in the cloud. What is being uploaded does not count, and what has arrived is never refused."""
    uploads_per_owner: int = Field(default=0, ge=0)
    """Uploads of one person (a signed-in owner, or an address) that may be under way; 0: 100, in the cloud 10."""
    max_uploads: int = Field(default=1000, ge=1)
    """Uploads that may be under way, all people together."""
    heartbeat_s: float = Field(default=30.0, gt=0)
    """Seconds between a worker's signs of life."""
    stale_after_s: float = Field(default=90.0, gt=0)
    """A processing job without a sign of life for so many seconds has lost its worker."""
    max_retries: int = Field(default=3, ge=0)
    """Lost workers and passing faults in a row, none of which got further than those before, that a job survives."""
    retry_backoff_s: float = Field(default=10.0, ge=0)
    """Wait before the first of these retries; doubles with each further one. Who got further is followed at once."""
    recover_batch: int = Field(default=1, ge=1)
    """Stale jobs recovered per run of the sweep."""
    recover_every_s: float = Field(default=5.0, gt=0)
    """Seconds between the sweeps of the local edition (the cloud's are in Terraform)."""
    dispatch_deadline_s: float = Field(default=900.0, gt=0)
    """A dispatched job that no worker has claimed after so many seconds goes back in line."""
    gpu_patience_minutes: float = Field(default=30.0, gt=0)
    """Minutes after which a start that finds no machine is cancelled: back in line, or in `CLOUD_RUN_OVERFLOW_JOB`."""
    task_timeout_s: float = Field(default=3600.0, gt=0)
    """How long one worker execution may last; the worker hands over before that."""
    soft_deadline_margin_s: float = Field(default=180.0, ge=0)
    """How long before `TASK_TIMEOUT_S` a worker stops taking work and hands its job over."""
    upload_lease_s: float = Field(default=900.0, ge=60)
    """An upload of which nothing is heard for so many seconds no longer counts as under way. It may go on."""
    upload_deadline_hours: float = Field(default=24.0, gt=0)
    """An upload of which nothing is heard for so many hours is cancelled."""
    retention_hours: float = Field(default=168.0, gt=0)
    """Jobs, recordings and transcripts are deleted when they are this old."""
    cancel_running: bool = False
    """Let owners stop a job that is being processed."""

    # Limits
    daily_gpu_seconds: float | None = Field(default=None, gt=0)
    """Once workers have held jobs for so many seconds since midnight (UTC), none is started until the next. What runs
    then runs to its end: at most `CONCURRENCY` workers for `TASK_TIMEOUT_S`. Empty: no limit."""
    max_upload_bytes: int = Field(default=10 * GIB, gt=0)
    """Largest recording, in bytes."""
    max_duration_hours: float = Field(default=24.0, gt=0)
    """Longest recording, in hours."""
    strict_media: bool = False
    """Refuse a recording that is cut off, or has lost more than 5 %, instead of transcribing and marking it."""
    media_url_ttl_s: int = Field(default=14_400, ge=60, le=43_200)
    """Seconds for which a signed link plays a recording, to its end; keys of Google's own sign for 12 hours at most."""

    # Messages to people's devices
    vapid_private_key: SecretStr | None = None
    """Key that signs Web Push messages, and all that subscribed browsers know: 32 bytes, base64url (docs/deploy.md)."""
    vapid_subject: str = ""
    """Whom a push service may ask about those messages: `mailto:somebody@example.org` or an `https:` address."""
    push_hosts: str = "fcm.googleapis.com, updates.push.services.mozilla.com, *.notify.windows.com, web.push.apple.com"
    """Push services that may be sent to, with commas between: the browsers', over https; loopback without TLS."""
    webhook_loopback: bool = False
    """Whether webhooks may go to this machine itself, also without TLS, and so to whatever listens here."""

    # One worker execution (set by the runner)
    job_id: str | None = None
    """The job that this worker execution was started for."""
    dispatch_id: str | None = None
    """The dispatch that this worker execution belongs to."""
    cloud_run_execution: str | None = None
    """What Cloud Run calls this worker execution; Cloud Run sets it."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged."""

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("supabase_publishable_key")
    @classmethod
    def _no_secret(cls, value: str | None) -> str | None:
        if value is not None and is_secret_key(value):
            # Whoever reads the page would read every row. The key itself is not repeated: errors end up in logs.
            raise ValueError("this is a secret key of Supabase; give the one that starts with sb_publishable_")
        return value

    @field_validator("models")
    @classmethod
    def _told_apart(cls, value: str, others: ValidationInfo) -> str:
        names = [shown_model(name) for name in {others.data.get("model", ""), *_listed(value)}]
        if len(names) != len(set(names)):
            raise ValueError(f"people could not tell these apart: {', '.join(sorted(names))}")
        return value

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, value: str) -> str:
        return ",".join(Options.model_validate({"languages": value}).languages)

    @property
    def second_opinions(self) -> tuple[str, ...]:
        """Whom web submits may ask for a second opinion."""
        return tuple(dict.fromkeys(name for name in (self.second_opinion, *self.chosen_models) if name))

    @property
    def chosen_models(self) -> tuple[str, ...]:
        """`models` as a list, without `model`."""
        return tuple(name for name in _listed(self.models) if name != self.model)


def read_settings(**overrides: object) -> Settings:
    """Read the environment once. Raises pydantic.ValidationError naming every setting that is wrong."""
    return Settings(**overrides)  # type: ignore[arg-type]


def problems_of(fault: ValidationError) -> list[str]:
    """One sentence for each setting that is wrong, without its value."""
    return [f"Setting {'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}." for problem in fault.errors()]


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
