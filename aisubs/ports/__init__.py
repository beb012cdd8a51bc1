"""What the core asks of the world: one Protocol per port, its edges in the docstring.

    database   call a function of the state machine
    store      objects, ranged reads, resumable uploads
    work       wake the dispatcher, start workers
    engine     speech to segments
    diarizer   speech to turns of speakers
    translator sentences to sentences of another language
    notifier   messages to people's devices and programs
    identity   who somebody is, by what they bring from a provider

Plugs live in aisubs/adapters/<port>/; only aisubs/wiring.py knows which one is used. Every method may raise the port's
`*_unavailable` error (aisubs.model.errors) when the service behind it does not answer; other errors are named where
they arise. All plugs of a port pass the same suite in tests/contract/.
"""

from aisubs.ports.database import Database
from aisubs.ports.diarizer import Decider, Diarizer, SpeakerChunk, SpokenSpans
from aisubs.ports.engine import (
    SAMPLES_PER_SECOND,
    Engine,
    Guess,
    Odds,
    PaidEngine,
    Piece,
    Prepared,
    Samples,
    Spent,
    begin_at,
    spent_at,
)
from aisubs.ports.identity import AuthorizationCode, Identity, OidcFacts, Person, SupabaseFacts
from aisubs.ports.notifier import Delivery, Device, Notifier, Outcome, PushNotifier, Receiver, WebhookNotifier
from aisubs.ports.store import (
    BesideRecordings,
    FilesOnDisk,
    Mirror,
    MultipartUpload,
    RangeReader,
    SessionState,
    SignedReads,
    Store,
    StoredObject,
    UploadSession,
    UploadSessions,
)
from aisubs.ports.translator import Answer, Order, Translator
from aisubs.ports.work import ExecutionState, LastWords, Queue, Runner

__all__ = [
    "SAMPLES_PER_SECOND",
    "Answer",
    "AuthorizationCode",
    "BesideRecordings",
    "Database",
    "Decider",
    "Delivery",
    "Device",
    "Diarizer",
    "Engine",
    "ExecutionState",
    "FilesOnDisk",
    "Guess",
    "Identity",
    "LastWords",
    "Mirror",
    "MultipartUpload",
    "Notifier",
    "Odds",
    "OidcFacts",
    "Order",
    "Outcome",
    "PaidEngine",
    "Person",
    "Piece",
    "Prepared",
    "PushNotifier",
    "Queue",
    "RangeReader",
    "Receiver",
    "Runner",
    "Samples",
    "SessionState",
    "SignedReads",
    "SpeakerChunk",
    "Spent",
    "SpokenSpans",
    "Store",
    "StoredObject",
    "SupabaseFacts",
    "Translator",
    "UploadSession",
    "UploadSessions",
    "WebhookNotifier",
    "begin_at",
    "spent_at",
]
