"""What the text of a failure says beyond its status: nothing left, no such model, or wait a little.

Several upstreams answer 429 both for "slower, please" and for "nothing left until the first of the month", and put a
spent balance into a 401 or 403. Only the text says which; the texts are in each provider's module.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Profile, Texts


def is_final(status: int | None, text: str) -> bool:
    """Whether repeating the request cannot help: what the caller may not do, or what is used up."""
    if status == 402:
        return not _says(402, lambda profile: profile.passing).search(text)
    return status == 403 or (status == 429 and _spent_429().search(text) is not None)


def is_spent(status: int | None, text: str) -> bool:
    """Whether quota, balance or credit is used up."""
    if status in (402, 429):
        return is_final(status, text)
    return status is not None and _says(status, lambda profile: profile.spent).match(text) is not None


def is_unknown_model(status: int | None, text: str) -> bool:
    """Whether a status that means a refused key elsewhere is about the model."""
    return status is not None and _says(status, lambda profile: profile.no_such_model).search(text) is not None


@functools.cache
def _spent_429() -> re.Pattern[str]:
    refusals = (refusal for profile in KNOWN.values() for refusal in profile.refusals)
    return _any((refusal.says for refusal in refusals if refusal.http == 429 and refusal.spent), re.IGNORECASE)


def _says(status: int, texts: Callable[[Profile], Texts]) -> re.Pattern[str]:
    return _any((says for profile in KNOWN.values() for http, says in texts(profile) if http == status), re.DOTALL)


def _any(patterns: Iterable[str], flags: int) -> re.Pattern[str]:
    """Any of the patterns; never, when there are none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) or r"(?!)", flags)
