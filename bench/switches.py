"""Plain LiteLLM with one setting changed at a time: the effect of our defaults and of the engine's own HTTP client."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench import streams, whole
from bench.gateways import BASE, Gateway, litellm, pointsman
from bench.routes import PLAIN
from bench.spot import Metrics, Spot
from pointsman.serve.generation import OFFLINE

_REPOSITORY = Path(__file__).resolve().parents[1]

_WITHOUT_OPENTELEMETRY = """\
import sys
from importlib.machinery import PathFinder


class Absent:
    def find_spec(name, path=None, target=None):
        if name == "opentelemetry.sdk":
            PathFinder.find_spec(name, path)  # finds it: an absent package costs this search
            raise ModuleNotFoundError(name, name=name)


sys.meta_path.insert(0, Absent)
"""


def gateways(folder: Path, url: str) -> list[Gateway]:
    """The baseline, the baseline again (noise), and one gateway per change."""
    found = [
        litellm(BASE, folder, url),
        litellm("the same again", folder, url),
        litellm("LITELLM_LOG=WARNING", folder, url, LITELLM_LOG="WARNING"),
        litellm("LITELLM_LOG=DEBUG", folder, url, LITELLM_LOG="DEBUG"),
        litellm("no bytecode", folder, url, PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=str(folder / "none")),
        litellm("no opentelemetry-sdk", folder, url, PYTHONPATH=f"{_without_opentelemetry(folder)}:{_REPOSITORY}"),
        litellm("network at the start", folder, url, **dict.fromkeys(OFFLINE, "")),
        litellm("granian", folder, url, "--run_granian"),
        litellm("uvicorn, 2 workers", folder, url, "--num_workers", "2"),
        litellm("granian, 2 workers", folder, url, "--run_granian", "--num_workers", "2"),
    ]
    # The ways to make the Kimi handler's call: LiteLLM's HTTP handler with a provider's config, over both of its
    # transports, compared with the handler's own session.
    ways = [
        litellm("LiteLLM's HTTP handler", folder, url, wire="hosted_vllm"),
        litellm("the same over httpx", folder, url, wire="hosted_vllm", DISABLE_AIOHTTP_TRANSPORT="True"),
        _kimi(folder, url),
    ]
    return found + ways


def measure(spot: Spot) -> Metrics:
    """Whole answers, and chunks of streams."""
    return whole.requests(spot) | streams.together(spot)


def _kimi(folder: Path, url: str) -> Gateway:
    """This project's Kimi handler on the same line."""
    made = pointsman(folder, url, 1, "pointsman, kimi")
    return replace(made, models={PLAIN: "kimi/kimi-for-coding"})


def _without_opentelemetry(folder: Path) -> Path:
    """A folder which, on PYTHONPATH, hides the package."""
    place = folder / "without-opentelemetry"
    place.mkdir()
    (place / "sitecustomize.py").write_text(_WITHOUT_OPENTELEMETRY)
    return place
