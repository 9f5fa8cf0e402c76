"""Which LiteLLM releases this package was tested with, and which must not run."""

from __future__ import annotations

from importlib import metadata

TESTED = ("1.106.12",)
"""Every test ran against these."""

KNOWN_BAD = {
    "1.82.7": "its PyPI package was malicious (March 2026)",
    "1.82.8": "its PyPI package was malicious (March 2026)",
    "1.107.0": "it was reported as compromised (October 2026), its container images too",
}
"""Each with its reason. Whoever ran one replaces every key that the process could read."""


def installed() -> str | None:
    """The version of LiteLLM beside this command, None when there is none; LiteLLM is not imported."""
    try:
        return metadata.version("litellm")
    except metadata.PackageNotFoundError:
        return None
