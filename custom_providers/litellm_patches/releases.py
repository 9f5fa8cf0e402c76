"""The LiteLLM releases that this package was tested with, and those that must not run. Does not import LiteLLM."""

from __future__ import annotations

from importlib import metadata

TESTED = ("1.106.12", "1.108.7", "1.110.2")
"""In ascending order. The first is locked and passes all tests; the others pass the tests of the proxy's core."""

LOCKED = TESTED[0]

KNOWN_BAD = {
    "1.82.7": "its PyPI package was malicious (March 2026)",
    "1.82.8": "its PyPI package was malicious (March 2026)",
    "1.107.0": "it and its container images were reported as compromised (October 2026)",
}
"""Each with its reason. Anyone who ran one must replace every key that the process could read."""


def installed() -> str | None:
    """The installed version of LiteLLM, or None."""
    try:
        return metadata.version("litellm")
    except metadata.PackageNotFoundError:
        return None


def refusal(version: str) -> str | None:
    """Return why ``version`` must not run; None if no reason is known."""
    reason = KNOWN_BAD.get(version)
    return reason and f"LiteLLM {version} must not run: {reason}"


def caution(version: str) -> str | None:
    """A one-sentence warning for an untested release; None for a tested one."""
    if version in TESTED:
        return None
    return f"LiteLLM {version} was not tested with this package; {', '.join(TESTED)} were"
