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

_COMPATIBLE: Mapping[str, tuple[str, str]] = {
    "deepseek": ("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "groq": ("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": ("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "xai": ("https://api.x.ai/v1", "XAI_API_KEY"),
    "together_ai": ("https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
    "fireworks_ai": ("https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"),
    "deepinfra": ("https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
    "perplexity": ("https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"),
    "cerebras": ("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    "sambanova": ("https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"),
    "nvidia_nim": ("https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"),
    "zai": ("https://api.z.ai/api/paas/v4", "ZAI_API_KEY"),
    "dashscope": ("https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"),
    "minimax": ("https://api.minimax.io/v1", "MINIMAX_API_KEY"),
    "volcengine": ("https://ark.cn-beijing.volces.com/api/v3", "VOLCENGINE_API_KEY"),
    "xiaomi_mimo": ("https://api.xiaomimimo.com/v1", "XIAOMI_MIMO_API_KEY"),
    "vercel_ai_gateway": ("https://ai-gateway.vercel.sh/v1", "VERCEL_AI_GATEWAY_API_KEY"),
    "github": ("https://models.inference.ai.azure.com", "GITHUB_API_KEY"),
    "codestral": ("https://codestral.mistral.ai/v1", "CODESTRAL_API_KEY"),
    "meta_llama": ("https://api.llama.com/compat/v1", "LLAMA_API_KEY"),
    "nebius": ("https://api.studio.nebius.ai/v1", "NEBIUS_API_KEY"),
    "novita": ("https://api.novita.ai/v3/openai", "NOVITA_API_KEY"),
    "hyperbolic": ("https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY"),
    "featherless_ai": ("https://api.featherless.ai/v1", "FEATHERLESS_AI_API_KEY"),
    "lambda_ai": ("https://api.lambda.ai/v1", "LAMBDA_API_KEY"),
    "nscale": ("https://inference.api.nscale.com/v1", "NSCALE_API_KEY"),
    "baseten": ("https://inference.baseten.co/v1", "BASETEN_API_KEY"),
    "wandb": ("https://api.inference.wandb.ai/v1", "WANDB_API_KEY"),
    "morph": ("https://api.morphllm.com/v1", "MORPH_API_KEY"),
    "v0": ("https://api.v0.dev/v1", "V0_API_KEY"),
    "synthetic": ("https://api.synthetic.new/openai/v1", "SYNTHETIC_API_KEY"),
    "chutes": ("https://llm.chutes.ai/v1", "CHUTES_API_KEY"),
    "nano-gpt": ("https://nano-gpt.com/api/v1", "NANOGPT_API_KEY"),
    "poe": ("https://api.poe.com/v1", "POE_API_KEY"),
}
"""Vendors whose API is compatible with OpenAI's: base URL and key variable."""

PREFIXES: Mapping[str, Prefix] = {
    **{
        prefix: Prefix(family=KNOWN[name].wire_family, known=name, base_url=setup.base_url, key_env=setup.auth_env)
        for prefix, name in _VENDORS.items()
        if (setup := KNOWN[name].setup)
    },
    **{
        prefix: Prefix(family="openai", base_url=url, key_env=key_env) for prefix, (url, key_env) in _COMPATIBLE.items()
    },
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
