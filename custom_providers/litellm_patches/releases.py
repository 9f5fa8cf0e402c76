"""Which LiteLLM releases this package was tested with, and which must not run. LiteLLM is not imported here."""

from __future__ import annotations

from importlib import metadata

TESTED = ("1.106.12", "1.108.7", "1.110.2")
"""The first is locked and passes all tests; the proxy's core is tested on the others. In ascending order."""

LOCKED = TESTED[0]

KNOWN_BAD = {
    "1.82.7": "its PyPI package was malicious (March 2026)",
    "1.82.8": "its PyPI package was malicious (March 2026)",
    "1.107.0": "it and its container images were reported as compromised (October 2026)",
}
"""Each with its reason. Anyone who ran one has to replace every key that the process could read."""


def installed() -> str | None:
    """The installed version of LiteLLM, None when there is none."""
    try:
        return metadata.version("litellm")
    except metadata.PackageNotFoundError:
        return None


def refusal(version: str) -> str | None:
    """Why ``version`` must not run, None when nothing is known against it."""
    reason = KNOWN_BAD.get(version)
    return reason and f"LiteLLM {version} must not run: {reason}"


def caution(version: str) -> str | None:
    """One sentence about a release that was not tested, None for one that was."""
    if version in TESTED:
        return None
    return f"LiteLLM {version} was not tested with this package; {', '.join(TESTED)} were"
