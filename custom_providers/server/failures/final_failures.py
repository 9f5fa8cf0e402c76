"""Detects from an error text what the status does not say: quota used up, unknown model, or a short wait.

Several providers answer 429 both for "too fast" and for "quota used up until next month", and report an empty balance
as 401 or 403. Only the text shows which it is; each provider's module has its texts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Profile, Texts


def is_final(status: int | None, text: str) -> bool:
    """Whether retrying cannot help, because the call is not permitted or the quota is used up."""
    if status == 402:
        return not _says(402, lambda profile: profile.passing).search(text)
    return status == 403 or (status == 429 and _spent_429().search(text) is not None)


def is_spent(status: int | None, text: str) -> bool:
    """Whether quota, balance or credit is used up."""
    if status in (402, 429):
        return is_final(status, text)
    return status is not None and _says(status, lambda profile: profile.spent).match(text) is not None


def is_unknown_model(status: int | None, text: str) -> bool:
    """Whether a status that normally means a rejected key concerns the model."""
    return status is not None and _says(status, lambda profile: profile.no_such_model).search(text) is not None


@functools.cache
def _spent_429() -> re.Pattern[str]:
    refusals = (refusal for profile in KNOWN.values() for refusal in profile.refusals)
    return _any((refusal.says for refusal in refusals if refusal.http == 429 and refusal.spent), re.IGNORECASE)


def _says(status: int, texts: Callable[[Profile], Texts]) -> re.Pattern[str]:
    return _any((says for profile in KNOWN.values() for http, says in texts(profile) if http == status), re.DOTALL)


def _any(patterns: Iterable[str], flags: int) -> re.Pattern[str]:
    """A pattern that matches any of ``patterns``, or nothing if there are none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) or r"(?!)", flags)
