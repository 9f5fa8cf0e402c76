"""For each provider the cheapest question that truly authenticates and spends nothing, and how its reply is judged.

What is public proves nothing: the model lists of Ollama Cloud, OpenRouter and OpenCode answer any key, or none.
"""

from __future__ import annotations

from custom_providers.providers.known import KNOWN
from custom_providers.registry.model import Provider
from pointsman.upstream.proofs.accounts import OLLAMA_CLOUD, OPENROUTER
from pointsman.upstream.proofs.completions import COMPLETION
from pointsman.upstream.proofs.kimi import KIMI
from pointsman.upstream.proofs.model_lists import MODEL_LIST
from pointsman.upstream.proofs.opencode import GO, ZEN
from pointsman.upstream.proofs.proof import Proof
from pointsman.upstream.proofs.verdicts import Status, Verdict

__all__ = ["COMPLETION", "Proof", "Status", "Verdict", "proof_of"]

_BY_NAME = {
    "ollama_cloud": OLLAMA_CLOUD,
    "openrouter": OPENROUTER,
    "opencode": ZEN,
    "opencode_go": GO,
}
"""Those with an endpoint about the key itself; the others are proven as their wire family is."""


def proof_of(provider: Provider) -> Proof:
    """The free proof of ``provider``'s keys."""
    if provider.wire_family == "kimi":
        return KIMI
    known = KNOWN.get(provider.name)
    own = _BY_NAME.get(provider.name) if known and known.wire_family == provider.wire_family else None
    return own if own and provider.auth != "none" else MODEL_LIST
