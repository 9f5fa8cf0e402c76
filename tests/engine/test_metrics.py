"""A call adds the same to LiteLLM's Prometheus metrics, whether the engine serves it or LiteLLM.

Three differences are allowed: the label ``api_base``; LiteLLM's overhead, which it only measures for some calls; and
OpenRouter over ``/v1/responses``, where LiteLLM calls another API of the provider.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from pointsman.simulator import Simulator
from tests.engine.answers import PATHS, request
from tests.engine.conftest import MEASURED, Ways
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually

pytestmark = pytest.mark.skipif(not MEASURED, reason="prometheus_client is not installed")

MODELS = ["openrouter/openai/gpt-oss-120b:free", "opencode/glm-5.2", "claude/claude-haiku-4-5"]
_OTHER_API = {("openrouter/openai/gpt-oss-120b:free", "responses")}
_SAMPLE = re.compile(r"^(litellm_\w+(?:_total|_count))\{(.*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SUMMED = {"api_base", "hostname"}
"""Labels that may differ: metrics are summed over them."""
_OVERHEAD = "litellm_overhead_"
_LAST = "litellm_requests_metric_total"
"""Every successful call adds to it."""

Counts = Mapping[tuple[str, ...], float]
"""By metric and labels."""


def _counts(way: Recorded) -> Counts:
    with way.proxy.client() as client:
        text = client.get("/metrics/").text
    found: Counter[tuple[str, ...]] = Counter()
    for name, labels, value in _SAMPLE.findall(text):
        named = (f"{label}={said}" for label, said in _LABEL.findall(labels) if label not in _SUMMED)
        found[name, *named] += float(value)  # type: ignore[assignment]  # a counter of floats
    return found


def _settled(way: Recorded) -> Counts:
    """The counts, once LiteLLM has counted all earlier calls, which it does after their answers."""
    before: Counts = {}

    def same() -> bool:
        nonlocal before
        last, before = before, _counts(way)
        return last == before

    eventually(same)
    return before


def _added(way: Recorded, before: Counts) -> Counts:
    return {
        key: round(value - before.get(key, 0), 9)
        for key, value in _counts(way).items()
        if value != before.get(key, 0) and not key[0].startswith(_OVERHEAD)
    }


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize("model", MODELS)
def test_both_ways_count_the_same(ways: Ways, simulator: Simulator, model: str, protocol: str, stream: bool):
    if (model, protocol) in _OTHER_API:
        pytest.skip("LiteLLM asks this provider over its Responses API")
    both = (ways.engine, ways.litellm)
    before = [_settled(way) for way in both]

    for way in both:
        answer = way.post(PATHS[protocol], request(protocol, model, "Say: one two three", stream=stream))
        assert answer.status_code == 200, answer.text

    def added() -> list[Counts]:
        return [_added(way, first) for way, first in zip(both, before, strict=True)]

    def equal() -> bool:
        ours, theirs = added()
        return ours == theirs and any(key[0] == _LAST for key in ours)

    eventually(equal, otherwise=lambda: "\n".join(map(str, sorted(set.symmetric_difference(*map(_items, added()))))))


def _items(counts: Counts) -> set[tuple[tuple[str, ...], float]]:
    return {*counts.items()}
