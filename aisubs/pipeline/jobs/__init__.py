"""The job book: one method per SQL function in schema `aisubs_api`, with the same name; one file per kind of caller.

Nothing is decided here. What a job may do is decided in aisubs/sql/code/; this package gives those functions types.
Arguments of a Python method are the arguments of the SQL function. Rows come back as JSON values.
"""

from __future__ import annotations

from aisubs.pipeline.jobs.accounts import Accounts
from aisubs.pipeline.jobs.admin import Admin
from aisubs.pipeline.jobs.claim import Claim
from aisubs.pipeline.jobs.command_files import CommandFiles
from aisubs.pipeline.jobs.dispatch import Dispatch
from aisubs.pipeline.jobs.house import House
from aisubs.pipeline.jobs.library import Library
from aisubs.pipeline.jobs.pushes import Pushes
from aisubs.pipeline.jobs.reads import HolderReads, HouseReads, PersonsJobs, Reads
from aisubs.pipeline.jobs.rights import MACHINE, Holder, hash_token, library_owner
from aisubs.pipeline.jobs.search import Search
from aisubs.pipeline.jobs.sessions import Sessions
from aisubs.pipeline.jobs.shares import Shares
from aisubs.pipeline.jobs.upkeep import Upkeep
from aisubs.pipeline.jobs.uploads import Uploads
from aisubs.pipeline.jobs.video_copies import CopyClaim, VideoCopies
from aisubs.pipeline.jobs.voices import Voices
from aisubs.pipeline.jobs.webhooks import Webhooks
from aisubs.pipeline.jobs.worker import WorkerWrites

__all__ = [
    "MACHINE",
    "Claim",
    "CopyClaim",
    "Holder",
    "HolderReads",
    "HouseReads",
    "Jobs",
    "Reads",
    "hash_token",
    "library_owner",
]


class Jobs(
    Uploads,
    Dispatch,
    WorkerWrites,
    House,
    PersonsJobs,
    Library,
    Shares,
    Pushes,
    Webhooks,
    Voices,
    VideoCopies,
    Search,
    Sessions,
    Accounts,
    Upkeep,
    Admin,
    CommandFiles,
):
    """The job book over one database."""

    __slots__ = ()
