"""Which failures no other try can mend.

Several upstreams answer 429 both for "slower, please" and for "nothing left until the first of the month",
and put a spent balance into a 403. The words tell them apart.
"""

from __future__ import annotations

import re

_SPENT = re.compile(
    r"""
    reached\ your\ \w+\ usage\ limit | extra\ usage\ balance\ is\ empty      # Ollama Cloud
    | free-models-per-day | Insufficient\ credits                            # OpenRouter
    | (?:Key|Budget)\ limit\ exceeded
    | (?:Go|Free|Black)UsageLimitError | CreditsError                        # OpenCode
    | (?:Monthly|User)LimitError
    | prepayment\ credits\ are\ depleted | limit:\ 0\b | PerDay              # Gemini
    | enforced_spend_limit_reached | credit\ balance\ is\ too\ low           # Anthropic
    | specified\ (?:workspace\ )?API\ usage\ limits
    | insufficient_quota | credit_balance_exhausted                          # OpenAI
    | (?:organization|project)_(?:spend|usage)_limit_exceeded
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IN_FLIGHT = "in-flight requests"
"""OpenRouter's one 402 that passes by itself: credit that other requests have reserved."""


def is_final(status: int | None, text: str) -> bool:
    """Whether another try cannot help: what the caller may not do, or what is used up."""
    if status == 402:
        return _IN_FLIGHT not in text
    return status == 403 or (status == 429 and _SPENT.search(text) is not None)
