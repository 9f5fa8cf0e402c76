"""The proxy limits downloads of URLs in messages in number, size and concurrency, and refuses internal hosts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from custom_providers.litellm_patches.limits import media_downloads
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.security.keys import EVERYTHING
from tests.security.media import Media
from tests.security.memory import resident_mb
from tests.security.target import Target

DOWNLOAD = {
    "kimi": "kimi/k3",
    "ollama": "ollama/qwen3.5:latest",
    "gemini": "gemini/gemini-2.5-flash",
    "claude": "claude/claude-haiku-4-5",
}
"""A model of each provider that gets the data of an http URL."""


def _images(urls: Iterable[str]) -> list[dict[str, Any]]:
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [{"role": "user", "content": [{"type": "text", "text": "Reply PONG"}, *parts]}]


def _urls(media: Media, count: int, query: str = "") -> list[str]:
    """URLs that are in no cache."""
    return [f"http://{media.host}/{uuid.uuid4().hex}.png?{query}" for _ in range(count)]


def _ask(attacked: Recorded, provider: str, urls: Iterable[str]) -> httpx.Response:
    with attacked.proxy.client(EVERYTHING) as client:
        body = {"model": DOWNLOAD[provider], "messages": _images(urls), "num_retries": 0, "fallbacks": []}
        return client.post("/v1/chat/completions", json=body)


@pytest.mark.parametrize("provider", DOWNLOAD)
def test_an_image_is_downloaded_so_that_the_tests_below_can_fail(
    attacked: Recorded, simulator: Simulator, media: Media, provider: str
):
    response = _ask(attacked, provider, _urls(media, 2))

    assert response.status_code == 200, response.text
    assert len(media.asked) == 2
    assert media.host.encode() not in simulator.attempts[0].body


@pytest.mark.parametrize("provider", DOWNLOAD)
def test_the_number_of_urls_is_bounded(attacked: Recorded, simulator: Simulator, media: Media, provider: str):
    response = _ask(attacked, provider, _urls(media, media_downloads.MOST_URLS + 10))

    assert response.status_code == 400, response.text
    assert "more than 50 URLs" in response.json()["error"]["message"]
    assert len(media.asked) <= media_downloads.MOST_URLS
    assert simulator.attempts == []


@pytest.mark.parametrize(("count", "megabytes"), [(1, 60), (5, 12)])
@pytest.mark.parametrize("provider", DOWNLOAD)
def test_so_is_the_sum_of_their_sizes(
    attacked: Recorded, simulator: Simulator, media: Media, provider: str, count: int, megabytes: int
):
    before = resident_mb(attacked.proxy.process.pid)

    response = _ask(attacked, provider, _urls(media, count, f"mb={megabytes}"))

    assert response.status_code == 400, response.text
    assert "more than 48 MB" in response.json()["error"]["message"]
    assert media.asked
    assert simulator.attempts == []
    assert resident_mb(attacked.proxy.process.pid) - before < 500


@pytest.mark.parametrize("provider", DOWNLOAD)
def test_a_worker_downloads_a_few_at_once(attacked: Recorded, media: Media, provider: str):
    with ThreadPoolExecutor(3) as pool:
        asked = pool.map(lambda _: _ask(attacked, provider, _urls(media, 6, "wait=0.3")), range(3))
        assert {response.status_code for response in asked} == {200}

    assert len(media.asked) == 18
    assert media.most_at_once <= media_downloads.AT_ONCE


@pytest.mark.parametrize("provider", DOWNLOAD)
def test_an_internal_host_is_not_asked(attacked: Recorded, simulator: Simulator, target: Target, provider: str):
    response = _ask(attacked, provider, [f"{target.url}/secret.png"])

    assert response.status_code == 400, response.text
    assert target.arrivals == []
    assert simulator.attempts == []


@pytest.mark.parametrize("place", ["image_url", "file"])
def test_no_download_makes_the_whole_worker_wait(attacked: Recorded, media: Media, place: str):
    """LiteLLM has a second, blocking download for Gemini, which a URL with a prefix reaches."""
    url = f" https://{media.host}/{uuid.uuid4().hex}.png?wait=5"
    part = {"type": "file", "file": {"file_id": url}} if place == "file" else _images([url])[0]["content"][1]
    body = {"model": DOWNLOAD["gemini"], "messages": [{"role": "user", "content": [part]}], "num_retries": 0}
    with attacked.proxy.client(EVERYTHING) as client:
        client.post("/v1/chat/completions", json=body)

    assert media.asked == []


def test_a_download_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch):
    from litellm import ImageFetchError

    monkeypatch.setattr(media_downloads, "SECONDS", 0.05)

    async def never(client: object, url: str) -> None:
        await asyncio.Event().wait()

    with pytest.raises(ImageFetchError, match="not downloaded within"):
        asyncio.run(media_downloads.bounded(never)(None, "http://slow.example/a.png"))
