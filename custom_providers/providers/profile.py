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
    """For the person who chooses, and as the row's comment."""
    base_url: str
    auth: Auth = "bearer"
    auth_env: str = ""
    default_model: str
    comment: str = ""
    """More lines of comment, each beginning with ``#``."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """By whose name goes out (``honest``, ``caller``, ``fixed``), lines of comment; empty where that is no question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShape:
    """What keys of one kind look like; both patterns are regular expressions."""

    title: str
    """As a sentence names it, with its article."""
    mark: str = ""
    """How only such keys begin; empty where several vendors' keys begin so."""
    whole: str = ""
    """A whole key; empty for one that opens no model."""
    caveat: str = ""
    """What is wrong with such a key, even at its own provider."""


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


Texts = tuple[tuple[int, str], ...]
"""HTTP statuses, each with a regular expression for the beginning of what LiteLLM reports of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known about a provider before its registry entry is read."""

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
    """Where its keys are at home; empty: the host of ``setup.base_url``."""
    keys: tuple[KeyShape, ...] = ()
    """A key that fits none is worth a warning, never a refusal: vendors change shapes."""

    families: tuple[tuple[str, Api], ...] = ()
    """For a gateway with several APIs: which upstream models are served by which, the rest by ``litellm``.

    A glob is an exact id or ends in its only ``*``, so that LiteLLM's unanchored matcher reads it exactly."""
    refuses: tuple[str, ...] = ()
    """Globs of upstream models with an API that no wire family here speaks; their names answer 404."""
    responses_api: bool = False
    """It has OpenAI's Responses API; of others that speak "openai" only chat completions are certain."""
    session_header: str = ""
    """A header that has to hold one stable id per conversation."""
    own_user_agent: bool = False
    """Its firewall refuses HTTP libraries' default User-Agents."""
    smallest_budget: tuple[str, int] = ("max_tokens", 1)
    """The field and value of the shortest completion, in the openai wire family."""

    public_models: bool = False
    """Its model list answers anybody, so it proves no key."""
    variants: tuple[str, ...] = ()
    """Suffixes that any model takes and its list leaves out."""
    shutdowns: tuple[Shutdown, ...] = ()

    account: Account | None = None
    """None: its keys are proven as those of its wire family."""
    refusals: tuple[Refusal, ...] = ()
    """What its error answers mean; the first that fits decides."""
    spent: Texts = ()
    """How a used-up quota or balance is reported at statuses that mean other things too."""
    passing: Texts = ()
    """What is said with a status that is final otherwise, when waiting helps; found anywhere in the text."""
    no_such_model: Texts = ()
    """How an unknown model is reported at a status that means a refused key elsewhere; found anywhere in the text."""

    @property
    def home(self) -> frozenset[str]:
        """The hosts at which its keys may be shown."""
        host = urlsplit(self.setup.base_url).hostname if self.setup else None
        return frozenset(self.hosts or filter(None, (host,)))

    def shutdown(self, model: str) -> Shutdown | None:
        """The last day of ``model``, if one is known."""
        return next((shutdown for shutdown in self.shutdowns if fnmatchcase(model, shutdown.model)), None)
