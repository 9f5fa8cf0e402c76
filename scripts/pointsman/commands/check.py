"""The command that decides whether a deploy may go on: check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from pointsman.console.completion import provider_names
from pointsman.console.options import (
    OK,
    PROBLEMS,
    followed_environ,
    json_option,
    registry_option,
    registry_path,
    verbose_option,
)

if TYPE_CHECKING:
    from pointsman.check.checking import CheckResult
    from pointsman.check.proving import CheckedKey


@click.command(epilog="Example: pointsman check --live --require-all --github")
@click.argument("names", metavar="[PROVIDER]...", nargs=-1, shell_complete=provider_names)
@registry_option
@click.option("--live", is_flag=True, help="Verify every key at its provider. Spends no tokens.")
@click.option(
    "--spend", is_flag=True, help="Like --live, plus one minimal completion where no free request can verify a key."
)
@click.option("--require-all", is_flag=True, help="Report a provider without a key as a problem.")
@click.option("--compose", is_flag=True, help="Also check deploy/compose: every image needs its digest.")
@click.option("--github", is_flag=True, help="Print the findings as annotations of a GitHub workflow.")
@verbose_option
@json_option
def check(names: tuple[str, ...], registry: Path | None, *, github: bool, as_json: bool, **options: bool) -> NoReturn:
    """Check registry, keys, file modes, config and LiteLLM's version.

    With PROVIDER, only the keys of those providers, which then must exist. Exits with 1 on any error, and with --live
    also if a key is rejected or a keyed provider does not answer.
    """
    from pointsman.check import checking
    from pointsman.console import report, waiting

    verbose = options.pop("verbose")
    wanted = checking.Wanted(names=names, **{**options, "live": options["live"] or options["spend"]})
    path = registry_path(registry)
    with waiting.progress("asking the providers" if wanted.live else "checking") as answered:
        result = checking.check(path, followed_environ(path), wanted, answered)
    if as_json:
        report.as_json(result.as_json())
    else:
        _show(result, verbose=verbose, listed=not github)
    if github:
        _annotate(result, err=as_json)
    elif not as_json:
        _tell(result, asked=wanted.live)
    sys.exit(OK if result.ok else PROBLEMS)


def _show(result: CheckResult, *, verbose: bool, listed: bool) -> None:
    """Print the errors first: the first sentence is the cause."""
    from pointsman.console import report

    for problem in result.found if listed else ():
        if problem.severity == "error":
            report.say(str(problem))
    report.table([_cells(key, verbose=verbose) for key in sorted(result.keys, key=_urgency)])
    for line in result.identities:
        report.sentence(line)


def _urgency(key: CheckedKey) -> int:
    """A key that is there and cannot be used comes first, one that is missing last."""
    return 2 if key.source is None and key.provider.auth != "none" else int(key.sound)


def _cells(key: CheckedKey, *, verbose: bool) -> tuple[str, str, str]:
    from custom_providers.providers.account.account import Status
    from pointsman.console import report

    status = key.verdict.status.replace("_", " ")
    detail = "" if key.verdict.status is Status.MISSING and not verbose else key.verdict.detail
    source = f"key from {key.source}, " if verbose else ""
    found = f"  ({source}...{key.last4})" if key.source else ""
    return report.marked(status, good=key.sound), key.provider.name, f"{detail}{found}"


def _tell(result: CheckResult, *, asked: bool) -> None:
    from custom_providers.providers.account.account import Status
    from pointsman.console import report

    for problem in result.found:
        if problem.severity == "warning":
            report.say(str(problem))
    if result.found:
        report.total(result.found)
    if result.ok:
        keys = [key.verdict.status for key in result.keys if key.source is not None]
        noun = f"key{'s' * (len(keys) != 1)}"
        verified = f", {keys.count(Status.VERIFIED)} verified" if asked else ""
        report.say(f"ok: {len(keys)} {noun}{verified}")


def _annotate(result: CheckResult, *, err: bool) -> None:
    from pointsman.console.annotations import annotation

    for problem in result.found:
        click.echo(annotation(problem), err=err)
