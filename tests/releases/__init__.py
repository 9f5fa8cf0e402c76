"""Declares which tests use LiteLLM, and which of them are core tests, as pytest markers.

Next to this file is, for each tested release other than the locked one, the difference to ``requirements-dev.lock``.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import metadata

from packaging.requirements import Requirement

CORE = (
    "cluster/test_shared.py",
    "conformance",
    "engine",
    "environment",
    "faults/test_requests.py",
    "faults/test_reserved_fields.py",
    "kimi",
    "litellm_patches",
    "observability/audit",
    "proxy",
    "request",
    "routing",
    "security/test_named_models.py",
    "security/test_refusals.py",
    "security/test_root_path.py",
    "security/test_route_list.py",
    "security/test_routes.py",
    "security/test_sockets.py",
    "security/test_stored_objects.py",
    "security/test_unusual_requests.py",
    "security/test_views.py",
    "server/endpoints",
)
"""Marked ``core``: routing, access, Kimi, providers, streams, audit, faulty and hostile requests. Run on all tested
releases."""

WITHOUT_LITELLM = ("install", "keys", "pointsman", "registry", "test_architecture.py")
"""Not marked ``litellm``: these tests neither import nor run it."""

RUNNING_LITELLM = ("pointsman/connect", "pointsman/serve")
"""Marked ``litellm`` all the same."""


def litellm_is(series: str) -> bool:
    """Whether the installed LiteLLM belongs to a series such as "1.110"."""
    return metadata.version("litellm").startswith(f"{series}.")


def migrations_missing() -> str:
    """Why LiteLLM's migrations do not make all its tables, or "".

    They come in a package of which LiteLLM needs one exact release, and which an index may lack.
    """
    package = "litellm-proxy-extras"
    (needed,) = (need for need in map(Requirement, metadata.requires("litellm") or ()) if need.name == package)
    installed = metadata.version(package)
    return "" if installed in needed.specifier else f"needs {package}{needed.specifier}, installed is {installed}"


def markers(path: str) -> set[str]:
    """The markers of a test file; ``path`` is relative to the folder of the tests."""
    found = set()
    if _is_in(path, CORE):
        found.add("core")
    if _is_in(path, RUNNING_LITELLM) or not _is_in(path, WITHOUT_LITELLM):
        found.add("litellm")
    return found


def _is_in(path: str, places: Collection[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
