"""The JSON Schema of ``providers.toml`` for editors, made from the same declarations as the validation."""

from __future__ import annotations

import json

from custom_providers.registry import fields
from pointsman.console.generated import Generated

FILE = "providers.schema.json"
"""Next to the registry, whose first line ``#:schema ./providers.schema.json`` points editors to it."""


GENERATED = Generated(mark='"title": "providers.toml"', reader="your editor", command="pointsman schema")


def text() -> str:
    """The content of the schema file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "providers.toml",
        "description": "The registry of litellm-pointsman: which LLM providers there are, and which names go to them.",
        **fields.ROOT.schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
