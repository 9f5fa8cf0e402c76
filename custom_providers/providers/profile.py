"""What a provider's module states about it: one ``Profile``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from custom_providers.providers.account.account import Account, Refusal

WireFamily = Literal["openai", "anthropic", "ollama", "gemini", "kimi"]
"""What a provider speaks."""

Auth = Literal["none", "bearer", "x_api_key", "api_key_query"]
"""How a provider takes its key."""

Api = Literal["openai", "openai/responses", "anthropic", "gemini"]
"""LiteLLM's provider prefix for one API of a gateway that offers several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What ``pointsman init`` writes for a provider."""

    about: str
    """Shown when choosing, and written as the provider's comment."""
    base_url: str
    auth: Auth = "bearer"
    auth_env: str = ""
    default_model: str
    comment: str = ""
    """More lines of comment, each beginning with ``#``."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """Comment lines by whose User-Agent is sent (``honest``, ``caller``, ``fixed``); empty if there is no choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShape:
    """The shape of one type of key; both patterns are regular expressions."""

    title: str
    """Its name in sentences, with the article."""
    mark: str = ""
    """The start that only such keys have; empty if several vendors share it."""
    whole: str = ""
    """A whole key; empty for one that opens no model."""
    caveat: str = ""
    """Why such a key does not work, even at its own provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """A model that its vendor switches off."""

    model: str
    """Its id, or a glob of ids."""
    day: str
    """The last day, in ISO 8601 or as the provider writes it."""
    instead: str = ""
    """The model to use instead; empty: not known."""

    def __str__(self) -> str:
        return f"end of service {self.day}" + (f'; use "{self.instead}"' if self.instead else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A header that says when a limit ends, as a duration or a moment."""

    header: str
    """In lower case."""
    remaining: str = ""
    """The header that says how much is left; while something is, this limit is not what the provider refuses for."""


Texts = tuple[tuple[int, str], ...]
"""HTTP statuses, each with a regular expression for the beginning of what LiteLLM reports of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The facts about a provider that do not depend on the registry."""

    name: str
    source: str = ""
    """Where the facts come from, and when they were read, unless a comment on a fact says otherwise."""
    wire_family: WireFamily
    litellm: str
    """LiteLLM's provider prefix."""
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    timeout: float = 180
    """Seconds."""
    unattended: bool = True
    max_tokens_floor: int = 0

    setup: Setup | None = None
    """None: ``init`` does not offer it."""
    hosts: tuple[str, ...] = ()
    """Its vendor's hosts, the only ones that get its keys; empty: the host of ``setup.base_url``."""
    keys: tuple[KeyShape, ...] = ()
    """A key that matches none gets a warning, never a refusal: vendors change formats."""

    apis: tuple[tuple[str, Api], ...] = ()
    """For a gateway with several APIs: which upstream models are served by which, the rest by ``litellm``.

    A glob is an exact id or ends in its only ``*``, so that LiteLLM's unanchored matcher reads it exactly."""
    refuses: tuple[str, ...] = ()
    """Globs of upstream models with an API that no wire family here speaks; requests for them get a 404."""
    responses_api: bool = False
    """Whether it has OpenAI's Responses API; other "openai" providers may have chat completions only."""
    session_header: str = ""
    """The header that must have a stable id per conversation; empty if there is none."""
    own_user_agent: bool = False
    """Its firewall refuses HTTP libraries' default User-Agents."""
    smallest_budget: tuple[str, int] = ("max_tokens", 1)
    """The field and value of the shortest completion, in the openai wire family."""

    public_models: bool = False
    """Whether its model list needs no key, and so proves none."""
    variants: tuple[str, ...] = ()
    """Suffixes that every model accepts and the list does not contain."""
    shutdowns: tuple[Shutdown, ...] = ()

    account: Account | None = None
    """None: its keys are proven like others of its wire family."""
    refusals: tuple[Refusal, ...] = ()
    """The meanings of its error answers; the first match decides."""
    spent: Texts = ()
    """How a used-up quota or balance is reported at statuses that mean other things too."""
    passing: Texts = ()
    """What is said with a status that is final otherwise, when waiting helps; found anywhere in the text."""
    resets: tuple[Reset, ...] = ()
    """The headers in which a 429 says when its limit ends, besides Retry-After."""
    reset_fields: tuple[str, ...] = ()
    """Fields of an error's body that say the same."""
    no_such_model: Texts = ()
    """How an unknown model is reported at a status that means a refused key elsewhere; found anywhere in the text."""

    @property
    def home(self) -> tuple[str, ...]:
        """Its vendor's hosts; empty for software that users run themselves."""
        if self.setup is None or self.setup.auth == "none":
            return self.hosts
        return self.hosts or tuple(filter(None, (urlsplit(self.setup.base_url).hostname,)))

    def is_home(self, host: str) -> bool:
        """Whether ``host`` is one of its vendor's, or below one: vendors have regional names such as ``eu.``."""
        return any(host == known or host.endswith(f".{known}") for known in self.home)

    def has_responses_api(self, model: str) -> bool:
        """Whether ``model`` is served by OpenAI's Responses API."""
        return self.responses_api or any(
            api == "openai/responses" and fnmatchcase(model, glob) for glob, api in self.apis
        )

    def shutdown(self, model: str) -> Shutdown | None:
        """When ``model`` is switched off, if that is known."""
        return next((shutdown for shutdown in self.shutdowns if fnmatchcase(model, shutdown.model)), None)
