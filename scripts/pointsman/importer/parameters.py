"""An entry's ``litellm_params`` with the credential that it names, and with URLs from ``environment_variables``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.json_parts import mapping, mappings
from pointsman.importer.document import Document

CREDENTIAL = "litellm_credential_name"
ENV = "os.environ/"


def parameters(document: Document, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of one entry of ``model_list``; its own come before those of its credential."""
    own = mapping(entry.get("litellm_params"))
    found = {**(credential(document, own.get(CREDENTIAL)) or {}), **own}
    for name in ("api_base", "base_url"):
        url = found.get(name)
        if isinstance(url, str) and url.startswith(ENV):
            found[name] = document.table("environment_variables").get(url.removeprefix(ENV), url)
    return found


def credential(document: Document, name: object) -> Mapping[str, Any] | None:
    """The values of the credential in ``credential_list`` with this name; None if there is none."""
    items = mappings(document.data.get("credential_list"))
    return next((mapping(item.get("credential_values")) for item in items if item.get("credential_name") == name), None)
