"""The command about the registry's format: schema."""

from __future__ import annotations

from pathlib import Path

import click

from pointsman.console.options import OK, PROBLEMS, registry_option, registry_path, replace_option


@click.command(epilog="Example: pointsman schema --check")
@registry_option
@click.option("-o", "--output", help="The file to write (providers.schema.json next to the registry); - prints.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is not up to date.")
@click.option("--docs", is_flag=True, help="Print the reference of the registry in Markdown.")
@replace_option
@click.pass_context
def schema(context: click.Context, /, registry: Path | None, output: str | None, **flags: bool) -> None:
    """Write the JSON Schema of providers.toml for editors.

    Editors complete and check the registry with it. The registry's first line names it:
    #:schema ./providers.schema.json
    """
    from pointsman.config import reference
    from pointsman.config import schema as format_
    from pointsman.console import files, report

    if flags["docs"]:
        click.echo(reference.text(), nl=False)
        context.exit(OK)
    text = format_.text()
    if output == "-":
        click.echo(text, nl=False)
        context.exit(OK)
    path = Path(output) if output else registry_path(registry).with_name(format_.FILE)
    if not files.difference(path, text):
        report.say(f"{path}: up to date")
    elif flags["check"]:
        report.say(f"{path}: out of date\n    hint: run `pointsman schema` and commit the result")
        context.exit(PROBLEMS)
    else:
        format_.GENERATED.write(path, text, replace=flags["replace"])
        report.say(f"{path}: written")
