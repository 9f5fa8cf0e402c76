"""Recognises the vendor of a key, and whether the key can work where it is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from custom_providers.kimi.account import systems
from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import KeyShape
from custom_providers.registry.model import Provider


def shape_of(key: str) -> KeyShape | None:
    """The shape that identifies the vendor of ``key``; None if several vendors share it, as with a plain sk-."""
    shapes = (shape for profile in KNOWN.values() for shape in profile.keys if shape.mark)
    return next((shape for shape in shapes if re.match(shape.mark, key)), None)


def misplaced(provider: Provider, base_url: str, key: str, place: str) -> str | None:
    """One sentence if ``key`` is another vendor's, or belongs to the other Kimi system; it does not contain the key.

    A provider without a known name may be a relay for any vendor, so only the two Kimi systems are checked there.
    """
    shape = shape_of(key)
    if shape and provider.name in KNOWN and not _takes(provider, base_url, shape):
        caveat = "" if shape.whole else f"; {shape.caveat}"
        return f"{place} holds {shape.title}{caveat}"
    if provider.wire_family != "kimi" or base_url == "auto":
        return None
    return systems.mismatch(key, base_url)


def _takes(provider: Provider, base_url: str, shape: KeyShape) -> bool:
    """Whether a key of this shape works at ``provider``, or at its host if that is another provider's API."""
    if not shape.whole:
        return False
    host = urlsplit(base_url).hostname or ""
    return shape in provider.profile.keys or any(
        shape in profile.keys and profile.is_home(host) for profile in KNOWN.values()
    )


def doubt(provider: Provider, key: str) -> str | None:
    """Why ``key`` may not work at its own provider, as a clause; None if it looks as usual."""
    shape = shape_of(key)
    if shape and shape.caveat:
        return shape.caveat
    shapes = [shape.whole for shape in provider.profile.keys if shape.whole]
    if shapes and not any(re.fullmatch(whole, key) for whole in shapes):
        return f"it does not have the shape of a key of {provider.name}"
    return None
