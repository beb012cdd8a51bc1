"""Chaos: the local edition under faults drawn by lot, from a seed that repeats them.

stage.py          the edition, its Postgres and the links between them
database_link.py  what happens between Postgres and those who use it
http_link.py      what happens between a client and the web API
faults.py         everything that can go wrong, by name
client.py         a client that gives up as little as the page does
rounds.py         one round, and what has to hold after it
"""
