"""LiteLLM's provider prefixes: the known provider or the wire family of each, and its default base URL.

Known providers' are in their modules; the others are those of LiteLLM 1.106.12 (``litellm/constants.py``,
``litellm/litellm_core_utils/get_llm_provider_logic.py``, ``litellm/llms/openai_like/providers.json``), read 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import WireFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """The meaning of a prefix."""

    family: WireFamily
    known: str = ""
    """The known provider at ``base_url``; empty for others."""
    base_url: str = ""
    """LiteLLM's default for ``api_base``; empty: it must be given."""
    key_env: str = ""
    """The variable that LiteLLM reads if there is no ``api_key``."""


_VENDORS = {
    "openai": "openai",
    "text-completion-openai": "openai",
    "anthropic": "claude",
    "gemini": "gemini",
    "ollama": "ollama",
    "ollama_chat": "ollama",
    "openrouter": "openrouter",
    "moonshot": "moonshot",
}
"""The known provider behind a prefix."""

PREFIXES: Mapping[str, Prefix] = {
    **{
        prefix: Prefix(family=KNOWN[name].wire_family, known=name, base_url=setup.base_url, key_env=setup.auth_env)
        for prefix, name in _VENDORS.items()
        if (setup := KNOWN[name].setup)
    },
    "deepseek": Prefix(family="openai", base_url="https://api.deepseek.com/v1", key_env="DEEPSEEK_API_KEY"),
    "groq": Prefix(family="openai", base_url="https://api.groq.com/openai/v1", key_env="GROQ_API_KEY"),
    "mistral": Prefix(family="openai", base_url="https://api.mistral.ai/v1", key_env="MISTRAL_API_KEY"),
    "xai": Prefix(family="openai", base_url="https://api.x.ai/v1", key_env="XAI_API_KEY"),
    "together_ai": Prefix(family="openai", base_url="https://api.together.xyz/v1", key_env="TOGETHERAI_API_KEY"),
    "fireworks_ai": Prefix(
        family="openai", base_url="https://api.fireworks.ai/inference/v1", key_env="FIREWORKS_AI_API_KEY"
    ),
    "deepinfra": Prefix(family="openai", base_url="https://api.deepinfra.com/v1/openai", key_env="DEEPINFRA_API_KEY"),
    "perplexity": Prefix(family="openai", base_url="https://api.perplexity.ai", key_env="PERPLEXITYAI_API_KEY"),
    "cerebras": Prefix(family="openai", base_url="https://api.cerebras.ai/v1", key_env="CEREBRAS_API_KEY"),
    "sambanova": Prefix(family="openai", base_url="https://api.sambanova.ai/v1", key_env="SAMBANOVA_API_KEY"),
    "nvidia_nim": Prefix(family="openai", base_url="https://integrate.api.nvidia.com/v1", key_env="NVIDIA_NIM_API_KEY"),
    "zai": Prefix(family="openai", base_url="https://api.z.ai/api/paas/v4", key_env="ZAI_API_KEY"),
    "dashscope": Prefix(
        family="openai", base_url="https://dashscope.aliyuncs.com/compatible-mode/v1", key_env="DASHSCOPE_API_KEY"
    ),
    "minimax": Prefix(family="openai", base_url="https://api.minimax.io/v1", key_env="MINIMAX_API_KEY"),
    "volcengine": Prefix(
        family="openai", base_url="https://ark.cn-beijing.volces.com/api/v3", key_env="VOLCENGINE_API_KEY"
    ),
    "xiaomi_mimo": Prefix(family="openai", base_url="https://api.xiaomimimo.com/v1", key_env="XIAOMI_MIMO_API_KEY"),
    "vercel_ai_gateway": Prefix(
        family="openai", base_url="https://ai-gateway.vercel.sh/v1", key_env="VERCEL_AI_GATEWAY_API_KEY"
    ),
    "github": Prefix(family="openai", base_url="https://models.inference.ai.azure.com", key_env="GITHUB_API_KEY"),
    "codestral": Prefix(family="openai", base_url="https://codestral.mistral.ai/v1", key_env="CODESTRAL_API_KEY"),
    "meta_llama": Prefix(family="openai", base_url="https://api.llama.com/compat/v1", key_env="LLAMA_API_KEY"),
    "nebius": Prefix(family="openai", base_url="https://api.studio.nebius.ai/v1", key_env="NEBIUS_API_KEY"),
    "novita": Prefix(family="openai", base_url="https://api.novita.ai/v3/openai", key_env="NOVITA_API_KEY"),
    "hyperbolic": Prefix(family="openai", base_url="https://api.hyperbolic.xyz/v1", key_env="HYPERBOLIC_API_KEY"),
    "featherless_ai": Prefix(
        family="openai", base_url="https://api.featherless.ai/v1", key_env="FEATHERLESS_AI_API_KEY"
    ),
    "lambda_ai": Prefix(family="openai", base_url="https://api.lambda.ai/v1", key_env="LAMBDA_API_KEY"),
    "nscale": Prefix(family="openai", base_url="https://inference.api.nscale.com/v1", key_env="NSCALE_API_KEY"),
    "baseten": Prefix(family="openai", base_url="https://inference.baseten.co/v1", key_env="BASETEN_API_KEY"),
    "wandb": Prefix(family="openai", base_url="https://api.inference.wandb.ai/v1", key_env="WANDB_API_KEY"),
    "morph": Prefix(family="openai", base_url="https://api.morphllm.com/v1", key_env="MORPH_API_KEY"),
    "v0": Prefix(family="openai", base_url="https://api.v0.dev/v1", key_env="V0_API_KEY"),
    "synthetic": Prefix(family="openai", base_url="https://api.synthetic.new/openai/v1", key_env="SYNTHETIC_API_KEY"),
    "chutes": Prefix(family="openai", base_url="https://llm.chutes.ai/v1", key_env="CHUTES_API_KEY"),
    "nano-gpt": Prefix(family="openai", base_url="https://nano-gpt.com/api/v1", key_env="NANOGPT_API_KEY"),
    "poe": Prefix(family="openai", base_url="https://api.poe.com/v1", key_env="POE_API_KEY"),
    "hosted_vllm": Prefix(family="openai", key_env="HOSTED_VLLM_API_KEY"),
    "openai_like": Prefix(family="openai", key_env="OPENAI_LIKE_API_KEY"),
    "custom_openai": Prefix(family="openai"),
    "litellm_proxy": Prefix(family="openai", key_env="LITELLM_PROXY_API_KEY"),
    "lm_studio": Prefix(family="openai", key_env="LM_STUDIO_API_KEY"),
    "llamafile": Prefix(family="openai", base_url="http://127.0.0.1:8080/v1"),
}

OURS: Mapping[str, str] = {
    "https://ollama.com": "ollama_cloud",
    "https://opencode.ai/zen/v1": "opencode",
    "https://opencode.ai/zen/go/v1": "opencode_go",
    "https://api.kimi.com/coding/v1": "kimi",
    "https://api.moonshot.cn/v1": "moonshot",
    **{prefix.base_url: prefix.known for prefix in PREFIXES.values() if prefix.known},
}
"""By base URL, the known provider there."""

BARE = (("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("chatgpt-", "openai"),
        ("text-embedding-", "openai"), ("whisper-", "openai"), ("tts-", "openai"), ("dall-e-", "openai"),
        ("claude-", "anthropic"))  # fmt: skip
"""How model names begin that LiteLLM accepts without a prefix, with the provider of each."""
