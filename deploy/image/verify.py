# ruff: noqa: INP001 -- a script of the build, in no package
"""Refuses to build an image whose LiteLLM is not the release that the package was made for."""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib import metadata


def main() -> None:
    """Ends with a sentence, and status 1, when the image would not work."""
    asked = re.search(r"litellm\[proxy\]==([\w.]+)", " ".join(metadata.requires("litellm-pointsman") or ()))
    found = metadata.version("litellm")
    if asked is None or asked[1] != found:
        sys.exit(f"this image has LiteLLM {found}, the package wants {asked and asked[1]}: take that release's digest")
    if importlib.util.find_spec("custom_providers.litellm_entry") is None:
        sys.exit("custom_providers cannot be imported: is PYTHONPATH set?")


if __name__ == "__main__":
    main()
