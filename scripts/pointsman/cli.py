"""The ``pointsman`` command: the group, and the one boundary where every failure gets its exit code.

What a command needs beyond click is imported inside it, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn, TextIO

import click

from custom_providers import __version__
from pointsman.commands import (
    alerts,
    audit,
    check,
    config,
    connect,
    dashboard,
    doctor,
    import_,
    init,
    keys,
    models,
    proxy,
    schema,
    usage,
)
from pointsman.console.options import COULD_NOT_RUN, PROBLEMS, registry_option
from pointsman.console.refusal import RefusalError, as_refusal
from pointsman.console.sections import SectionedGroup

_EPILOG = "Exit codes: 0 ok, 1 problems found (drift, a failed check), 2 wrong usage, 3 could not run."


@click.group(
    cls=SectionedGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@registry_option
@click.version_option(__version__, prog_name="litellm-pointsman")
def main(registry: Path | None) -> None:
    """A LiteLLM proxy from one file, providers.toml: config, routing, keys, Kimi.

    Start with `pointsman init`, then `pointsman serve`. To try it without keys: `pointsman serve --simulate`.
    """
    del registry  # the commands read it from the context


main.arrange(
    {
        "Set up": (init.init, import_.import_, keys.keys, alerts.alerts),
        "Registry and config": (
            check.check,
            config.render,
            config.route,
            config.providers,
            models.models,
            schema.schema,
        ),
        "Clients": (connect.connect,),
        "Proxy": (proxy.serve, proxy.reload, proxy.smoke, doctor.doctor),
        "Calls and quotas": (dashboard.dashboard, audit.audit, usage.usage),
    }
)


def run() -> NoReturn:
    """The console script: every way to fail ends in one message and a documented exit code."""
    try:
        _run()
    except Exception:  # noqa: BLE001 -- a mistake of ours is not "problems found", which Python's own 1 would say
        traceback.print_exc()
        sys.exit(COULD_NOT_RUN)
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None: closed before Python began
            _flush(stream)


def _run() -> NoReturn:
    from custom_providers.environment.unusable_proxy import UnusableProxyError
    from custom_providers.keys.unreadable_key import UnreadableKeyError
    from custom_providers.registry.problems import ConfigError, MissingError

    stdout = sys.stdout
    try:
        sys.exit(main(prog_name="pointsman"))
    except SystemExit:
        # If the reader of a pipe has left, click replaces both streams and exits with 1, our code for problems found.
        if sys.stdout is not stdout:
            sys.exit(COULD_NOT_RUN)
        raise
    except ConfigError as error:
        from pointsman.console import report

        report.problems(error.problems)
        sys.exit(PROBLEMS)
    except (RefusalError, UnusableProxyError) as error:
        _could_not_run(str(error), error.hint)
    except MissingError as error:
        hint = "run `pointsman init` to write a registry, or name one with --registry"
        _could_not_run(f"{error.filename}: no such file", hint)
    except (UnreadableKeyError, OSError) as error:
        refusal = as_refusal(error)
        _could_not_run(str(refusal), refusal.hint)


def _flush(stream: TextIO) -> None:
    """Flushes ``stream``; output that cannot be written is dropped, because Python would exit with 120 for it."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _could_not_run(message: str, hint: str) -> NoReturn:
    from pointsman.console import report

    report.say(f"{message}\n    hint: {hint}")
    sys.exit(COULD_NOT_RUN)
