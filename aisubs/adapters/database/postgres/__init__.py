"""The database over the Postgres protocol.

plug.py        the port: call, ping, and the live feed of the local edition
functions.py   what a function of `aisubs_api` takes and returns, and the statement that calls it
pool.py        connections: reused, bounded, replaced when the server was restarted
watchdog.py    cuts the line of a server that neither answers nor goes away
"""

from aisubs.adapters.database.postgres.plug import PostgresDatabase, connect_for_migration

__all__ = ["PostgresDatabase", "connect_for_migration"]
