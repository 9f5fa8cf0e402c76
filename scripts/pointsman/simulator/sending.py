"""Sends an Answer, with its delays and faults."""

from __future__ import annotations

import asyncio

from aiohttp import web

from pointsman.simulator.answers import Answer


async def send(answer: Answer, request: web.Request) -> web.StreamResponse:
    """Sends an answer with its delays and fault; a hanging one ends when the client disconnects or the server stops."""
    await asyncio.sleep(answer.delay)
    if answer.fault and answer.after is None:
        return await _break_off(answer, request)
    response = web.StreamResponse(status=answer.status, headers=dict(answer.headers))
    if answer.stream is None:
        response.content_length = len(answer.body)
    await response.prepare(request)
    sent = len(answer.chunks)
    if answer.fault:
        sent = min(answer.after or 0, sent - 1)
    for chunk in answer.chunks[:sent]:
        await asyncio.sleep(answer.chunk_delay if answer.stream is not None else 0)
        await response.write(chunk)
    if answer.fault in ("cut", "hang"):
        return await _break_off(answer, request)
    if answer.fault == "truncate" and answer.stream is None:
        return await _break_off(answer, request)
    await response.write_eof()
    return response


async def _break_off(answer: Answer, request: web.Request) -> web.StreamResponse:
    if answer.fault == "hang":
        await asyncio.Event().wait()
    if request.transport is not None:
        request.transport.abort()
    # aiohttp requires a response even for a closed connection; it is not sent.
    return web.Response(status=500)
