"""A web server with the limits of ours and an app that only reads its bodies, for measuring what half requests hold.
Prints its port."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import Receive, Scope, Send

from aisubs.http.request_bodies import RequestBodies
from aisubs.local.connections import guarded_protocol, raise_file_limit


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def main() -> None:
    import aisubs.http.app  # noqa: F401  what the real one has loaded

    raise_file_limit()
    with socket.create_server(("127.0.0.1", 0), backlog=2000) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(RequestBodies(answer), http=guarded_protocol(), log_config=None, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
