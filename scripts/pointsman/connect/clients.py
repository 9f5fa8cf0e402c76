"""The clients: where each keeps its settings, and what they must contain. Pure.

To add a client, add an entry to ``CLIENTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pointsman.connect.settings import Form, Setting

if TYPE_CHECKING:
    # `--help` lists the clients; the registry, which a connection reads, would cost it 0.1 s.
    from pointsman.connect.connection import Connection, NamedModel

NAME = "pointsman"
"""The proxy's name in the clients' lists of providers."""

_DEFAULT_CONTEXT = 128_000
"""Tokens, for a client that requires a limit if neither registry nor catalogue has one."""


def _no_settings(_connection: Connection) -> tuple[Setting, ...]:
    return ()


def _no_variables(_connection: Connection) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client program or library.

    The paths of ``settings`` depend on whether a key is given and on nothing else: ``--undo`` relies on it.
    """

    title: str
    source: str
    """The vendor's documentation of these settings, and when it was read."""
    file: str = ""
    """Its settings file below the home directory; empty if there is none to write."""
    folder_env: str = ""
    """The variable that moves the folder of ``file``."""
    form: Form = Form.NONE
    settings: Callable[[Connection], tuple[Setting, ...]] = _no_settings
    variables: Callable[[Connection], Mapping[str, str]] = _no_variables
    """Its environment variables, as shell words; the key's variable may be missing."""
    variables_suffice: bool = True
    """Whether it needs no file if ``variables`` are set."""
    asks_for_key: bool = False
    """Whether ``settings`` has a command that prints the key."""
    snippet: Callable[[Connection], str] | None = None
    """Code or instructions, for clients with neither settings nor variables."""
    start: str = ""
    """The command that starts it."""


def _key(connection: Connection) -> str:
    return f'"${connection.key_env}"'


def _claude_variables(connection: Connection) -> Mapping[str, str]:
    return {**_claude_environment(connection), "ANTHROPIC_AUTH_TOKEN": _key(connection)}


def _claude_environment(connection: Connection) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": connection.url,
        "ANTHROPIC_MODEL": connection.model,
        # For titles and summaries; the default is a Claude model.
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": connection.model,
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
    }


def _claude_settings(connection: Connection) -> tuple[Setting, ...]:
    settings = [Setting(path=("env", name), value=value) for name, value in _claude_environment(connection).items()]
    if connection.key is not None:
        return (*settings, Setting(path=("env", "ANTHROPIC_AUTH_TOKEN"), value=connection.key))
    command = connection.key_command or f"printenv {connection.key_env}"
    return (*settings, Setting(path=("apiKeyHelper",), value=command))


def _codex_settings(connection: Connection) -> tuple[Setting, ...]:
    provider = ("model_providers", NAME)
    return (
        Setting(path=("model",), value=connection.model),
        Setting(path=("model_provider",), value=NAME),
        Setting(path=(*provider, "name"), value=NAME),
        Setting(path=(*provider, "base_url"), value=connection.openai_url),
        Setting(path=(*provider, "env_key"), value=connection.key_env),
        Setting(path=(*provider, "wire_api"), value="responses"),
    )


def _opencode_settings(connection: Connection) -> tuple[Setting, ...]:
    key = connection.key or f"{{env:{connection.key_env}}}"
    options = {"baseURL": connection.openai_url, "apiKey": key}
    models = {model.name: _opencode_model(model) for model in connection.models}
    models.setdefault(connection.model, {"name": connection.model})
    provider = {"npm": "@ai-sdk/openai-compatible", "name": NAME, "options": options, "models": models}
    return (
        Setting(path=("provider", NAME), value=provider),
        Setting(path=("model",), value=f"{NAME}/{connection.model}"),
    )


def _opencode_model(model: NamedModel) -> dict[str, Any]:
    # It accepts both limits or none.
    if model.context_window is None or model.max_output_tokens is None:
        return {"name": model.name}
    return {"name": model.name, "limit": {"context": model.context_window, "output": model.max_output_tokens}}


def _kimi_code_settings(connection: Connection) -> tuple[Setting, ...]:
    name, value = ("api_key_env", connection.key_env) if connection.key is None else ("api_key", connection.key)
    return _kimi_settings(connection, "openai", Setting(path=("providers", NAME, name), value=value))


def _kimi_cli_settings(connection: Connection) -> tuple[Setting, ...]:
    # It requires a key here, but OPENAI_API_KEY in the environment takes precedence.
    key = Setting(path=("providers", NAME, "api_key"), value=connection.key or "")
    return _kimi_settings(connection, "openai_legacy", key)


def _kimi_settings(connection: Connection, protocol: str, key: Setting) -> tuple[Setting, ...]:
    provider, model = ("providers", NAME), ("models", NAME)
    chosen = next((known for known in connection.models if known.name == connection.model), None)
    context = (chosen and chosen.context_window) or _DEFAULT_CONTEXT
    return (
        Setting(path=("default_model",), value=NAME),
        Setting(path=(*provider, "type"), value=protocol),
        Setting(path=(*provider, "base_url"), value=connection.openai_url),
        key,
        Setting(path=(*model, "provider"), value=NAME),
        Setting(path=(*model, "model"), value=connection.model),
        Setting(path=(*model, "max_context_size"), value=context),
    )


def _kimi_cli_variables(connection: Connection) -> Mapping[str, str]:
    return {"OPENAI_API_KEY": _key(connection)}


def _aider_variables(connection: Connection) -> Mapping[str, str]:
    return {
        "OPENAI_API_BASE": connection.openai_url,
        "OPENAI_API_KEY": _key(connection),
        "AIDER_MODEL": f"openai/{connection.model}",
    }


def _aider_settings(connection: Connection) -> tuple[Setting, ...]:
    key = () if connection.key is None else (Setting(path=("openai-api-key",), value=connection.key),)
    return (
        Setting(path=("model",), value=f"openai/{connection.model}"),
        Setting(path=("openai-api-base",), value=connection.openai_url),
        *key,
    )


def _continue(connection: Connection) -> str:
    return f"""\
# in ~/.continue/config.yaml; a new file also needs name, version and schema: v1
models:
  - name: {connection.model}
    provider: openai
    model: {connection.model}
    apiBase: {connection.openai_url}
    apiKey: ${{{{ secrets.{connection.key_env} }}}}    # in ~/.continue/.env
"""


def _cursor(connection: Connection) -> str:
    return f"""\
Cursor's servers call the model, so the proxy needs a public https:// address in place of {connection.url}.
Settings > Models > API Keys:
    Override OpenAI Base URL   {connection.openai_url}
    OpenAI API Key             the value of {connection.key_env}
Then add the model: {connection.model}
"""


def _openai_sdk(connection: Connection) -> str:
    return f"""\
import os
from openai import OpenAI

client = OpenAI(base_url="{connection.openai_url}", api_key=os.environ["{connection.key_env}"])
answer = client.chat.completions.create(
    model="{connection.model}",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(answer.choices[0].message.content)
"""


def _anthropic_sdk(connection: Connection) -> str:
    return f"""\
import os
from anthropic import Anthropic

client = Anthropic(base_url="{connection.url}", api_key=os.environ["{connection.key_env}"])
answer = client.messages.create(
    model="{connection.model}",
    max_tokens=4096,
    messages=[{{"role": "user", "content": "Hello"}}],
)
print("".join(block.text for block in answer.content if block.type == "text"))
"""


CLIENTS: Mapping[str, Client] = {
    "claude-code": Client(
        title="Claude Code",
        source="https://code.claude.com/docs/en/llm-gateway-connect, 2026-11-28",
        file=".claude/settings.json",
        folder_env="CLAUDE_CONFIG_DIR",
        form=Form.JSON,
        settings=_claude_settings,
        variables=_claude_variables,
        asks_for_key=True,
        start="claude",
    ),
    "codex": Client(
        title="Codex",
        source="https://developers.openai.com/codex/config-sample, 2026-11-28",
        file=".codex/config.toml",
        folder_env="CODEX_HOME",
        form=Form.TOML,
        settings=_codex_settings,
        start="codex",
    ),
    "opencode": Client(
        title="opencode",
        # opencode 2 reads this form too: https://opencode.ai/docs/migrate-v1, 2026-11-28
        source="https://opencode.ai/v1/docs/providers, 2026-11-28",
        file=".config/opencode/opencode.json",
        folder_env="OPENCODE_CONFIG_DIR",
        form=Form.JSON,
        settings=_opencode_settings,
        start="opencode",
    ),
    "aider": Client(
        title="aider",
        source="https://aider.chat/docs/llms/openai-compat.html, 2026-11-28",
        file=".aider.conf.yml",
        form=Form.FLAT_YAML,
        settings=_aider_settings,
        variables=_aider_variables,
        start="aider",
    ),
    "kimi-code": Client(
        title="Kimi Code CLI",
        source="https://moonshotai.github.io/kimi-code/en/configuration/providers.html, 2026-11-28",
        file=".kimi-code/config.toml",
        folder_env="KIMI_CODE_HOME",
        form=Form.TOML,
        settings=_kimi_code_settings,
        start="kimi",
    ),
    # Its last release says that it is archived in favour of kimi-code.
    "kimi-cli": Client(
        title="Kimi CLI",
        source="https://moonshotai.github.io/kimi-cli/en/configuration/env-vars.html, 2026-11-28",
        file=".kimi/config.toml",
        folder_env="KIMI_SHARE_DIR",
        form=Form.TOML,
        settings=_kimi_cli_settings,
        variables=_kimi_cli_variables,
        variables_suffice=False,
        start="kimi",
    ),
    "continue": Client(
        title="Continue",
        source="https://docs.continue.dev/customize/model-providers/top-level/openai, 2026-11-28",
        snippet=_continue,
    ),
    "cursor": Client(
        title="Cursor",
        source="https://docs.cursor.com/settings/api-keys, 2026-11-27",
        snippet=_cursor,
    ),
    "openai-sdk": Client(
        title="OpenAI's Python SDK", source="https://github.com/openai/openai-python, 2026-11-27", snippet=_openai_sdk
    ),
    "anthropic-sdk": Client(
        title="Anthropic's Python SDK",
        source="https://github.com/anthropics/anthropic-sdk-python, 2026-11-27",
        snippet=_anthropic_sdk,
    ),
    "curl": Client(
        title="curl",
        source="https://curl.se/docs/manpage.html, 2026-11-27",
        snippet=lambda connection: f"{connection.curl()}\n",
    ),
}
