"""The admin UI's requirements besides its database: Prisma's generated client, and an encryption key."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from pointsman.console.refusal import RefusalError
from pointsman.doctor.finding import Finding, ok, warning
from pointsman.sources.sources import Sources

SALT_KEY = "LITELLM_SALT_KEY"

_NO_CLIENT = "LiteLLM cannot use its database: Prisma's client is not generated in this environment"


def findings(sources: Sources) -> Iterator[Finding]:
    """Checks both if the registry names a database; only warns, because the proxy may run in LiteLLM's own image."""
    if not sources.registry.gateway.database_url_env:
        return
    yield ok("Prisma", "its client is generated") if _generated() else warning("Prisma", _NO_CLIENT, _remedy())
    if not sources.env.get(SALT_KEY, "").strip():
        detail = f"{SALT_KEY} is not set: what is entered in the admin UI cannot be read after a change of master key"
        yield warning("admin UI", detail, f"put {SALT_KEY}=sk-... into .env before the first start; never change it")


def require_client(sources: Sources) -> None:
    """Refuses a start that LiteLLM would end with a failed download, or without giving the reason.

    Raises:
        RefusalError: the registry names a database, and there is no generated client.
    """
    if sources.registry.gateway.database_url_env and not _generated():
        raise RefusalError(_NO_CLIENT, _remedy())


def _generated() -> bool:
    # Not imported, since a generated client takes seconds to load. The package itself does not contain this module.
    package = _folder("prisma")
    return package is not None and (package / "client.py").is_file()


def _remedy() -> str:
    extras = _folder("litellm_proxy_extras")
    if _folder("prisma") is None or extras is None:
        return "install requirements.lock here, or use deploy/compose"
    programs, schema = Path(sys.executable).parent, extras / "schema.prisma"
    command = f"PATH={shlex.quote(str(programs))}:$PATH prisma generate --schema {shlex.quote(str(schema))}"
    return f"{command} (needs the network), or use deploy/compose"


def _folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
