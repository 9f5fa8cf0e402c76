"""The ``switchyard`` command: the group, and the one boundary where every failure gets its exit code.

What a command needs beyond click is imported inside it: ``--help`` answers in a blink.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from custom_providers import __version__
from switchyard.commands import audit, check, config, doctor, init, keys, models, proxy, schema, usage
from switchyard.options import COULD_NOT_RUN, PROBLEMS, registry_option
from switchyard.refusal import RefusalError

_EPILOG = "Exit codes: 0 ok, 1 problems found (drift, a failed check), 2 wrong usage, 3 could not run."


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@registry_option
@click.version_option(__version__, prog_name="litellm-switchyard")
def main(registry: Path | None) -> None:
    """One providers.toml for a LiteLLM proxy: config, exact routing, keys, Kimi.

    Start with `switchyard check`, then `switchyard serve`.
    """
    del registry  # the commands read it from the context


for command in (
    config.render,
    config.route,
    config.providers,
    check.check,
    proxy.serve,
    proxy.reload,
    proxy.smoke,
    audit.audit,
    doctor.doctor,
    init.init,
    keys.keys,
    models.models,
    schema.schema,
    usage.usage,
):
    main.add_command(command)


def run() -> NoReturn:
    """The console script: every way to fail ends in one message and a documented exit code."""
    from custom_providers.keys import UnreadableError
    from custom_providers.problems import ConfigError

    try:
        sys.exit(main(prog_name="switchyard"))
    except ConfigError as error:
        from switchyard import report

        report.problems(error.problems)
        sys.exit(PROBLEMS)
    except RefusalError as error:
        _could_not_run(str(error), error.hint)
    except UnreadableError as error:
        _could_not_run(str(error), "mend or remove the file; its owner and mode decide who can read it")
    except FileNotFoundError as error:
        hint = "run `switchyard init` to write a registry, or name one with --registry"
        _could_not_run(f"{error.filename}: no such file", hint)
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        _could_not_run(f"{error.filename or 'system'}: {why}", "check the path, its owner and the free space")


def _could_not_run(message: str, hint: str) -> NoReturn:
    click.echo(f"{message}\n    hint: {hint}", err=True)
    sys.exit(COULD_NOT_RUN)
