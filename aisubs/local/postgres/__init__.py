"""The Postgres of the local edition: a private server below the data directory, with nothing to install or set up.

account.py      which operating system account the server runs as (it refuses to be root)
binaries.py     the server's programs, and a copy of them where that account can execute them
cluster.py      the folder: made once, its password, who is using it right now
supervisor.py   start or join, watch, stop: what the rest of aisubs uses
"""

from aisubs.local.postgres.supervisor import EmbeddedPostgres

__all__ = ["EmbeddedPostgres"]
