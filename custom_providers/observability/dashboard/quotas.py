"""The remaining quota of each provider, as in ``pointsman usage``: read when the page is opened, once a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from custom_providers.environment import base_urls
from custom_providers.environment.admission import Admission
from custom_providers.environment.unusable_proxy import UnusableProxyError
from custom_providers.kimi.account import systems
from custom_providers.litellm_patches import router_view
from custom_providers.providers.account.account import Target
from custom_providers.providers.account.known_accounts import account_of
from custom_providers.providers.account.questions import question
from custom_providers.providers.account.readings import AccountReport, AskedProvider, readings
from custom_providers.providers.known import profile_of
from custom_providers.providers.profile import Auth

FRESH_SECONDS = 60.0
"""How long readings are cached."""
_PATIENCE = 1.5
"""Seconds that the page waits for the first readings; a provider may take ten."""


class Quotas:
    """The latest readings. Its methods block."""

    def __init__(self, ask: Callable[[], Sequence[AccountReport]]) -> None:
        self._ask = ask
        self._found: Mapping[str, AccountReport] = {}
        self._asked_at = -FRESH_SECONDS
        self._asking: threading.Thread | None = None
        self._starting = threading.Lock()

    def latest(self) -> Mapping[str, AccountReport]:
        """The readings by provider; cached ones while newer ones are being read."""
        with self._starting:
            if self._asking is None and time.monotonic() >= self._asked_at + FRESH_SECONDS:
                self._asked_at = time.monotonic()
                self._asking = threading.Thread(target=self._read, name="pointsman-quotas", daemon=True)
                self._asking.start()
            asking = self._asking
        if asking and not self._found:
            asking.join(_PATIENCE)
        return self._found

    def _read(self) -> None:
        try:
            self._found = {reading.provider: reading for reading in self._ask()}
        except UnusableProxyError:
            self._found = {}
        finally:
            self._asking = None


def ask(admitted: Mapping[str, Admission], router: Any) -> tuple[AccountReport, ...]:
    """Query the registered providers that report quota or credit; ``router`` is LiteLLM's."""
    if router is None:
        return ()
    asked = _asked(admitted, router_view.deployments(router))
    return readings(each for each in asked if each.asks)


def _asked(admitted: Mapping[str, Admission], deployments: Sequence[router_view.Deployment]) -> Iterator[AskedProvider]:
    params = {
        deployment["model_info"].get("provider"): deployment["litellm_params"] for deployment in reversed(deployments)
    }
    for name, item in admitted.items():
        if not item.obstacle and name in params:
            yield _one(item, params[name])


def _one(item: Admission, params: Mapping[str, Any]) -> AskedProvider:
    """One provider to query, with the base URL and headers of one of its deployments."""
    provider = item.provider
    url, obstacle = str(params.get("api_base") or base_urls.AUTO), ""
    if provider.wire_family == "kimi":
        url, obstacle = systems.reached(item.key, url)
    auth: Auth = "bearer" if provider.bearer else "x_api_key"
    headers = params.get("extra_headers") or {}
    return AskedProvider(
        provider=provider.name,
        account=account_of(profile_of(provider.name, provider.wire_family), url),
        target=Target(base_url=url, key=item.key, model=provider.default_model),
        question=lambda ask: question(ask, provider.wire_family, item.key, auth, headers),
        obstacle=obstacle,
    )
