"""Declares which tests use LiteLLM, and which of them are core tests, as pytest markers.

Next to this file is, for each tested release other than the locked one, the difference to ``requirements-dev.lock``.
"""

from __future__ import annotations

from importlib import metadata

CORE = (
    "audit",
    "endpoints",
    "faults/test_requests.py",
    "faults/test_reserved_fields.py",
    "kimi",
    "litellm_patches",
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
)
"""Marked ``core``: routing, access, Kimi, providers, audit, faulty and hostile requests. Run on all tested releases."""

LITELLM = (
    *CORE,
    "alerts",
    "cluster",
    "database",
    "deploy",
    "faults",
    "pointsman/serve",
    "security",
    "test_canaries.py",
)
"""Marked ``litellm``: all tests that import or run LiteLLM."""


def litellm_is(series: str) -> bool:
    """Whether the installed LiteLLM belongs to a series such as "1.110"."""
    return metadata.version("litellm").startswith(f"{series}.")


def markers(path: str) -> set[str]:
    """The markers of a test file; ``path`` is relative to the folder of the tests."""
    found = {"core": CORE, "litellm": LITELLM}
    return {marker for marker, places in found.items() if any(_is_in(path, place) for place in places)}


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
