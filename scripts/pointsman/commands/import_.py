"""The command that makes a registry from a LiteLLM config: import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pointsman.console.options import OK, PROBLEMS, json_option, registry_option, registry_path


@click.command("import", epilog="Example: pointsman import litellm_config.yaml")
@registry_option
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--replace", is_flag=True, help="Overwrite an existing registry; a copy is kept.")
@json_option
def import_(registry: Path | None, file: Path, *, replace: bool, as_json: bool) -> None:
    """Write a registry from a LiteLLM config.

    Keys in the config go to the .env next to the registry. What cannot be carried over is listed with what to do
    instead, and the exit code is then 1.
    """
    from pointsman.console import report
    from pointsman.importer.config_import import write

    path = registry_path(registry)
    done = write(file, path, replace=replace)
    report.say(f"{path}: written, {_counted(done.providers, 'provider')} and {_counted(done.aliases, 'alias')}")
    if done.variables:
        report.say(
            f"{path.with_name('.env')}: {', '.join(sorted(done.variables))} copied there; remove the values from {file}"
        )
    if done.lost:
        report.problems(done.lost)
    report.say("    hint: run `pointsman check`")
    if as_json:
        report.as_json({"ok": not done.lost, "problems": [report.plain(problem) for problem in done.lost]})
    sys.exit(PROBLEMS if done.lost else OK)


def _counted(number: int, noun: str) -> str:
    plural = "es" if noun.endswith("s") else "s"
    return f"{number} {noun}{plural * (number != 1)}"
