"""The HTTP API: `create_http(app)` makes the FastAPI app that the cloud's function and the local edition serve.

app.py       puts it together            jobs.py      submit, list, look, cancel, delete, retry
faults.py    errors become JSON          transcripts.py   windows, text, cues, downloads
access.py    tokens from headers         uploads.py   resumable uploads of the local store
headers.py   what every answer carries   files.py     signed reads of the local store
health.py    queue, health, check-stale  docs_page.py     /docs without anything from elsewhere
static.py    the web page, where it was built    facts.py     what the server takes, offers and costs
shares.py    read-only links                     media.py     links for playing the recording
push.py      messages to browsers        revisions.py  corrections of the text
compression.py   gzip for large texts             text_bodies.py   bodies about the text
live.py      hints over a WebSocket      watchers.py  who listens to which topics
"""

from aisubs.http.app import create_http
from aisubs.http.watchers import Watchers

__all__ = ["Watchers", "create_http"]
