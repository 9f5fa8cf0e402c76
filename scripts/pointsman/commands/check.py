"""The command that says whether a deploy may go on: ``pointsman check``."""

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
    from pointsman.check.checking import Outcome
    from pointsman.check.proving import KeyRow


@click.command(epilog="Example: pointsman check --live --require-all --github")
@click.argument("names", metavar="[PROVIDER]...", nargs=-1, shell_complete=provider_names)
@registry_option
@click.option("--live", is_flag=True, help="Ask every provider about its key, all at once. Spends no tokens.")
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
    with waiting.progress("asking the providers") as answered:
        outcome = checking.check(path, followed_environ(path), wanted, answered)
    if as_json:
        report.as_json(outcome.as_json())
    else:
        _show(outcome, verbose=verbose)
    if github:
        _annotate(outcome, err=as_json)
    elif not as_json:
        _tell(outcome, asked=wanted.live)
    sys.exit(OK if outcome.ok else PROBLEMS)


def _show(outcome: Outcome, *, verbose: bool) -> None:
    from pointsman.console import report

    report.table([_cells(row, verbose=verbose) for row in outcome.keys])
    for line in outcome.identities:
        report.result(line)


def _cells(row: KeyRow, *, verbose: bool) -> tuple[str, str, str]:
    from custom_providers.providers.account.account import Status
    from pointsman.console import report

    status = row.verdict.status.replace("_", " ")
    detail = "" if row.verdict.status is Status.MISSING and not verbose else row.verdict.detail
    source = f"key from {row.source}, " if verbose else ""
    key = f"  ({source}...{row.last4})" if row.source else ""
    return report.marked(status, good=row.sound), row.provider.name, f"{detail}{key}"


def _tell(outcome: Outcome, *, asked: bool) -> None:
    from custom_providers.providers.account.account import Status
    from pointsman.console import report

    found = outcome.found
    if found:
        report.problems(found)
    if outcome.ok:
        keys = [row.verdict.status for row in outcome.keys if row.source is not None]
        noun = f"key{'s' * (len(keys) != 1)}"
        verified = f", {keys.count(Status.VERIFIED)} verified" if asked else ""
        report.say(f"ok: {len(keys)} {noun}{verified}")


def _annotate(outcome: Outcome, *, err: bool) -> None:
    from pointsman.console.annotations import annotation

    for problem in outcome.found:
        click.echo(annotation(problem), err=err)
