"""The URL, key, identity and timeout of one call to Kimi, from LiteLLM's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.engine.connection.timing import DEFAULT_RETRIES
from custom_providers.engine.errors.failure import ErrorReply, FailureKind, UpstreamError
from custom_providers.json_parts import mapping
from custom_providers.kimi.account import identity, systems
from custom_providers.kimi.account.identity import Identity
from custom_providers.kimi.account.systems import PLATFORM, System
from custom_providers.kimi.errors.meanings import FailedCall, failure
from custom_providers.kimi.timeout import DEFAULT_TIMEOUT

PROVIDER = "kimi"
"""The provider's name where the config has none, as in LiteLLM's SDK."""

DEFAULT_FLOOR = 1500
"""Tokens; with less, K2.6 and newer can spend the whole answer on reasoning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiDeployment:
    """A deployment with the settings of one request."""

    key: str = field(repr=False)
    base_url: str
    system: System
    identity: Identity
    floor: int
    retries: int
    timeout: float
    headers: Mapping[str, str] = field(repr=False)
    """Extra request headers from the registry and the caller."""
    id: str = ""
    """LiteLLM's own."""
    provider: str = PROVIDER
    """The registry's name."""

    @property
    def url(self) -> str:
        """The endpoint of the identity's protocol."""
        chat = self.identity.protocol == "openai"
        return systems.chat_url(self.base_url) if chat else systems.messages_url(self.base_url)

    def call(self, model: str) -> FailedCall:
        """What error messages about a call to ``model`` refer to."""
        return FailedCall(system=self.system, model=model, base_url=self.base_url, key=self.key, provider=self.provider)


def read(call: Mapping[str, Any], *, timeout: float | None, env: Mapping[str, str]) -> KimiDeployment:
    """Read LiteLLM's arguments for one call.

    Args:
        call: the keyword arguments that LiteLLM gives a ``CustomLLM`` method.
        timeout: the value of ``KIMI_TIMEOUT_SECS``, which overrides the deployment's.
        env: where the operator may accept the risk of another product's User-Agent.

    Raises:
        UpstreamError: there is no key, or no URL to send it to.
    """
    params = mapping(call.get("litellm_params"))
    info = mapping(params.get("model_info"))
    options = mapping(info.get("kimi"))
    request = mapping(params.get("proxy_server_request"))
    key = str(call.get("api_key") or "").strip()
    provider = str(info.get("provider") or PROVIDER)
    base_url = _base_url(str(call.get("api_base") or ""), key, str(call.get("model")), provider)
    system = systems.system_for_url(base_url) or PLATFORM
    accepted = options.get("user_agent_risk_accepted") or identity.accepted_in(env, provider)
    user_agent, protocol = identity.in_force(
        options.get("user_agent"), options.get("protocol"), accepted=bool(accepted)
    )
    return KimiDeployment(
        key=key,
        base_url=base_url,
        system=system,
        identity=identity.decide(
            user_agent=user_agent,
            protocol=protocol,
            system=system,
            caller=_user_agent(mapping(request.get("headers"))),
        ),
        floor=int(options.get("max_tokens_floor", DEFAULT_FLOOR)),
        retries=int(options.get("retries", DEFAULT_RETRIES)),
        timeout=_timeout(call.get("timeout"), timeout, mapping(request.get("body")).get("timeout")),
        headers={str(name): str(value) for name, value in mapping(call.get("headers")).items()},
        id=str(info.get("id") or ""),
        provider=provider,
    )


def _base_url(base_url: str, key: str, model: str, provider: str) -> str:
    """The base URL as given, else the one that matches the key's shape."""
    found = base_url or systems.base_url_for_key(key)
    if found is not None and key:
        return found
    nowhere = FailedCall(system=PLATFORM, model=model, base_url="", key=key, provider=provider)
    said = "its shape matches neither account system, and no base_url is set" if key else "there is none"
    raise UpstreamError(failure(FailureKind.BAD_KEY, nowhere, ErrorReply(text=said, status=401)))


def _timeout(configured: Any, override: float | None, asked: Any) -> float:
    """Seconds: the request's own, else the override, else the deployment's."""
    for value in (asked, override, configured):
        # An httpx.Timeout has a read timeout, which is what ours means.
        seconds = getattr(value, "read", value)
        if isinstance(seconds, int | float) and seconds > 0:
            return float(seconds)
    return DEFAULT_TIMEOUT


def _user_agent(headers: Mapping[str, Any]) -> str | None:
    return next((str(value) for name, value in headers.items() if str(name).lower() == "user-agent"), None)
