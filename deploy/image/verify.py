# ruff: noqa: INP001 -- a script of the build, in no package
"""Refuses to build an image whose LiteLLM is not among the releases that the package supports."""

from __future__ import annotations

import importlib.util
import sys
from importlib import metadata

from packaging.requirements import Requirement


def main() -> None:
    """Ends with a sentence, and status 1, when the image would not work."""
    found = metadata.version("litellm")
    requirements = [Requirement(line) for line in metadata.requires("litellm-pointsman") or ()]
    supported = next(requirement.specifier for requirement in requirements if requirement.name == "litellm")
    if found not in supported:
        sys.exit(f"this image has LiteLLM {found}, the package supports {supported}: take such a release's digest")
    if importlib.util.find_spec("custom_providers.litellm_entry") is None:
        sys.exit("custom_providers cannot be imported: is PYTHONPATH set?")


if __name__ == "__main__":
    main()
