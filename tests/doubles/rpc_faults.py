"""Planned faults of the gRPC doubles."""

from __future__ import annotations

import threading
from typing import Any

import grpc


class RpcFaults:
    """`refuse` answers the next calls of a method with an error; `lose` carries them out and then breaks the answer."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._planned: list[tuple[str, grpc.StatusCode, bool]] = []
        self.seen: list[str] = []

    def refuse(self, method: str, code: grpc.StatusCode, times: int = 1) -> None:
        with self._mutex:
            self._planned += [(method, code, False)] * times

    def lose(self, method: str, times: int = 1) -> None:
        with self._mutex:
            self._planned += [(method, grpc.StatusCode.UNAVAILABLE, True)] * times

    def planned(self) -> int:
        with self._mutex:
            return len(self._planned)

    def calm(self) -> None:
        """Forget what was planned."""
        with self._mutex:
            self._planned.clear()

    def handler(self, method: str, act: Any, request_type: Any, answer_type: Any) -> grpc.RpcMethodHandler:
        """`act(request, context)` as a unary call of real protocol messages, with the faults in between."""

        def call(request: Any, context: grpc.ServicerContext) -> Any:
            fault = self._next(method)
            if fault is not None and not fault[1]:
                context.abort(fault[0], f"{method}: a fault was planned")
            answer = act(request, context)
            if fault is not None:
                context.abort(fault[0], f"{method}: the answer was lost")
            return answer

        serialize = getattr(answer_type, "serialize", None) or answer_type.SerializeToString
        deserialize = getattr(request_type, "deserialize", None) or request_type.FromString
        return grpc.unary_unary_rpc_method_handler(call, deserialize, serialize)

    def _next(self, method: str) -> tuple[grpc.StatusCode, bool] | None:
        with self._mutex:
            self.seen.append(method)
            for at, (name, code, carried_out) in enumerate(self._planned):
                if name == method:
                    del self._planned[at]
                    return code, carried_out
        return None
