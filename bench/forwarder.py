"""The baseline: FastAPI and aiohttp forwarding a request. Run as ``python -m bench.forwarder PORT URL``."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse


def app(upstream: str) -> FastAPI:
    """An app that forwards chat completions to ``upstream``, answers and streams alike."""

    @asynccontextmanager
    async def with_session(app: FastAPI) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            app.state.session = session
            yield

    made = FastAPI(lifespan=with_session)

    @made.post("/v1/chat/completions")  # type: ignore[untyped-decorator]  # pyproject.toml skips FastAPI
    async def forward(request: Request) -> Response:
        body = await request.body()
        answer = await request.app.state.session.post(
            f"{upstream}/chat/completions", data=body, headers={"content-type": "application/json"}
        )
        kind = answer.headers["content-type"]
        if kind.startswith("application/json"):
            return Response(await answer.read(), media_type=kind)
        return StreamingResponse(answer.content.iter_any(), media_type=kind)

    return made


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
