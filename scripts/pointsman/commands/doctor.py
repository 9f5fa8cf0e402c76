"""The command about this machine: doctor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from pointsman.console.options import OK, PROBLEMS, followed_environ, json_option, registry_option, registry_path


@click.command(epilog="\b\nExample: pointsman doctor --json | jq '.findings[] | select(.status == \"error\")'")
@registry_option
@json_option
def doctor(registry: Path | None, *, as_json: bool) -> NoReturn:
    """Examine this machine: versions, files, proxy, databases.

    Looks at versions, the registry, keys, file modes, the config, the port and the proxy on it, its systemd unit,
    Postgres and Redis, and says what to do about each problem. Sends no requests to providers. Exits with 1 if
    it finds an error.
    """
    from pointsman.console import report
    from pointsman.doctor import examination

    path = registry_path(registry)
    found = tuple(examination.findings(path, followed_environ(path)))
    healthy = all(finding.status != "error" for finding in found)
    if as_json:
        report.as_json({"ok": healthy, "findings": [finding.as_json() for finding in found]})
    else:
        for finding in found:
            mark = report.marked(f"{finding.status:<7}", good=finding.status == "ok")
            hint = f"\n    hint: {finding.hint}" if finding.hint else ""
            report.sentence(f"{mark}  {finding.name}: {finding.detail}{hint}")
        report.say(_counts([finding.status for finding in found]))
    sys.exit(OK if healthy else PROBLEMS)


def _counts(statuses: Sequence[str]) -> str:
    """``7 ok, 1 warning, 0 errors``."""
    numbers = {name: statuses.count(name) for name in ("ok", "warning", "error")}
    return ", ".join(f"{count} {name}{'s' * (name != 'ok' and count != 1)}" for name, count in numbers.items())
