"""The HTTP API: `create_http(app)` makes the FastAPI app that the cloud's function and the local edition serve.

app.py       puts it together            jobs.py      submit, look, cancel, delete, retry
faults.py    errors become JSON          transcripts.py   windows, text, cues, downloads
access.py    who asks, by the tokens shown         uploads.py   resumable uploads of the local store
headers.py   what every answer carries   files.py     signed reads of the local store
health.py    queue, health, check-stale  docs_page.py     /docs without anything from elsewhere
static.py    the web page, where it was built    facts.py     what the server takes, offers and costs
shares.py    read-only links                     media.py     links for playing the recording
push.py      messages to browsers        revisions.py  corrections of the text
speakers.py  another number of speakers
bundles.py    texts of many jobs as one ZIP
search.py     words in all texts
lists.py      many jobs; names, tags, what is kept
sign_in.py    sessions of the machine's owner    library.py   jobs of a browser, on other devices
addresses.py  links that can be opened
compression.py   gzip for large texts             text_bodies.py   bodies about the text
openai_door.py, asr_door.py, language_door.py, assemblyai_door.py    programs written for other servers
live.py      hints over a WebSocket      watchers.py  who listens to which topics
"""

from aisubs.http.app import create_http
from aisubs.http.held_uploads import FORGET_EVERY_S, held_in
from aisubs.http.watchers import Watchers

__all__ = ["FORGET_EVERY_S", "Watchers", "create_http", "held_in"]
