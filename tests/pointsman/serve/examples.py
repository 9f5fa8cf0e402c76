"""The example commands that ``serve --simulate`` prints."""

from __future__ import annotations

import re


def commands(log: str) -> list[str]:
    """Returns each command with its line breaks: first the export of the key, then requests."""
    block = log.partition("try from another terminal:\n")[2].partition("\npage: ")[0]
    return re.split(r"\n(?=  \S)", block)
