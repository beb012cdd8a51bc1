"""A command's recording on its way to a server whose store is S3: in parts, of which those that are there stay."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from aisubs.adapters.store.s3.upload import MIN_PART_BYTES
from aisubs.cli.item import Item
from aisubs.cli.progress import Look
from aisubs.cli.remote.ledger import Ledger
from aisubs.cli.remote.server import Server
from aisubs.cli.remote.there import There
from aisubs.http import create_http
from aisubs.local.deposit import CalledOff
from aisubs.media.probe import Limits
from aisubs.model.job import Options, Status
from aisubs.wiring import make_app, make_store
from tests.doubles.s3 import s3_server
from tests.http_server import serve
from tests.workshop import Workshop


def test_a_part_that_is_there_is_not_sent_again(database_url: str, tmp_path: Path) -> None:
    talk = tmp_path / "talk.wav"
    talk.write_bytes(os.urandom(MIN_PART_BYTES + 1000))
    with s3_server("uploads"), Workshop(database_url, tmp_path, anonymous="yes") as workshop:
        store, _ = make_store(workshop.settings.model_copy(update={"store_url": "s3://uploads"}))
        app = replace(make_app(workshop.settings, database=workshop.database), store=store, sessions=None)
        with serve(create_http(app)) as url:
            server, ledger = Server(url, None), Ledger(tmp_path / "servers.sqlite3", url, None)
            looks: list[Look] = []
            stop = Event()

            def stop_at_the_second(look: Look) -> None:
                looks.append(look)
                if look.doing == "sending" and look.percent:
                    stop.set()

            def there(stop: Event) -> There:
                return There(server, ledger, tmp_path, Limits(), 1, stop)

            with pytest.raises(CalledOff):
                there(stop).bring(Item(talk, {}), Options(), None, stop_at_the_second, stop)
            first, looks[:] = [look.percent for look in looks if look.doing == "sending"], []
            job = there(Event()).bring(Item(talk, {}), Options(), None, looks.append, Event())
            again = there(Event()).bring(Item(talk, {}), Options(), None, looks.append, Event())
            server.close()
        assert (len(first), first[0]) == (2, 0.0)
        assert [look.percent for look in looks if look.doing == "sending"] == [first[1]]
        assert job.status is Status.UPLOADING, "who keeps the store tells the server"
        assert again.job_id == job.job_id
        (landed,) = store.list("uploads/")
        reader = store.open(landed.name, landed.generation)
        assert reader.read_at(0, landed.size_bytes) == talk.read_bytes()
        reader.close()
