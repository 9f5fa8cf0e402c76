"""The answers that ``pointsman init`` needs: from its options, else from the person at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

from custom_providers import OWN_USER_AGENT
from custom_providers.environment.text import cleaned
from custom_providers.keys import lookup
from custom_providers.keys.redaction import last4, shown
from custom_providers.kimi.account import systems
from custom_providers.kimi.account.identity import CALLER, names_who_and_when, needs_acceptance
from custom_providers.registry.problems import ConfigError
from pointsman.console import report
from pointsman.init.registry_text import STARTERS, KimiChoice, provider
from pointsman.keys import entry, key_shapes

HONEST = "honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """The command line's options."""

    providers: tuple[str, ...]
    keys_from_stdin: bool
    kimi_identity: str | None
    """``honest``, ``caller`` or a User-Agent."""
    accepted: str | None
    verify: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All answers."""

    providers: tuple[str, ...]
    keys: Mapping[str, str] = field(repr=False)
    """The keys that were entered, by variable."""
    kimi: KimiChoice
    verify: bool
    """Whether to verify the keys immediately."""


def answers(options: InitOptions, env: Mapping[str, str]) -> Answers:
    """Asks for what the options do not say; without a terminal it asks nothing, and optional answers stay empty.

    Raises:
        click.UsageError: a required answer is missing.
        ConfigError: a key on stdin is not valid, or is for another provider.
    """
    ask = entry.on_terminal()
    if ask and options.keys_from_stdin:
        raise click.UsageError(
            "--key-stdin: stdin is a terminal, which would show the keys; pipe them, or leave it out"
        )
    names = options.providers or (_ask_providers() if ask else ())
    if not names:
        raise click.UsageError("there is no terminal to ask on: name each provider with --provider")
    if "kimi" not in names and (options.kimi_identity or options.accepted):
        raise click.UsageError("--kimi-identity and --accept-risk go with --provider kimi")
    given = _keys_from_stdin(names) if options.keys_from_stdin else _ask_keys(names, env) if ask else {}
    kimi_key = given.get(STARTERS["kimi"].auth_env) or env.get(STARTERS["kimi"].auth_env, "")
    platform = systems.system_for_key(kimi_key.strip()) is systems.PLATFORM
    agent, accepted = _identity(options, ask=ask and "kimi" in names and not platform)
    verify = options.verify
    if verify is None:
        verify = ask and bool(given) and click.confirm("Ask the providers about these keys now?", err=True)
    return Answers(
        providers=tuple(names),
        keys=given,
        kimi=KimiChoice(user_agent=agent, accepted=accepted, platform=platform),
        verify=verify,
    )


def _ask_providers() -> tuple[str, ...]:
    report.say("Which providers?")
    for name, starter in STARTERS.items():
        report.say(f"  {name:<14} {starter.about}")
    while True:
        names = click.prompt("Names, with spaces between", default="ollama", err=True).replace(",", " ").split()
        unknown = [name for name in names if name not in STARTERS]
        if names and not unknown:
            return tuple(names)
        report.say(f"not among them: {', '.join(map(shown, unknown))}" if unknown else "name one or more")


def _wanted(names: Sequence[str]) -> dict[str, str]:
    """The variables that the chosen providers need, each with the first provider that needs it."""
    wanted: dict[str, str] = {}
    for name in STARTERS:
        if name in names and STARTERS[name].auth_env:
            wanted.setdefault(STARTERS[name].auth_env, name)
    return wanted


def _ask_keys(names: Sequence[str], env: Mapping[str, str]) -> dict[str, str]:
    given = {}
    for variable, name in _wanted(names).items():
        if there := cleaned(env.get(variable, ""), variable):
            report.say(f"{variable} (...{last4(there)}) is in the environment already, and is read from there")
        elif value := _ask_key(variable, name):
            given[variable] = value
    return given


def _ask_key(variable: str, name: str) -> str:
    """Asks for a plausible key; empty if none is entered."""
    while True:
        text = entry.from_person(variable, f"{name}; it is not shown; Enter: later")
        if not cleaned(text, variable):
            return ""
        try:
            return _placed(variable, name, text)
        except ConfigError as error:
            for problem in error.problems:
                report.say(str(problem))


def _placed(variable: str, name: str, text: str) -> str:
    """The key in ``text``; refused if it is another vendor's, with a warning if it looks unusual."""
    key, owner = entry.sound(variable, text), provider(name)
    if wrong := key_shapes.misplaced(owner, owner.base_url, key, variable):
        raise entry.refused(variable, wrong, "give the key of this provider, or choose the other one")
    if doubt := entry.doubt(owner, owner.base_url, key):
        report.say(f"warning: {doubt}")
    return key


def _keys_from_stdin(names: Sequence[str]) -> dict[str, str]:
    """Reads NAME=key lines from stdin, or the key alone for a single provider."""
    wanted = _wanted(names)
    variables = {**{name: variable for variable, name in wanted.items()}, **{variable: variable for variable in wanted}}
    variables |= {name: STARTERS[name].auth_env for name in names if STARTERS[name].auth_env}
    text = entry.from_stdin()
    lines = lookup.variables(text)
    if not set(lines) & set(variables) and len(wanted) == 1:
        lines = {next(iter(wanted)): text}
    unknown = [name for name in lines if name not in variables]
    if unknown or not lines:
        hint = f"one NAME=key a line; names: {', '.join(variables)}"
        raise entry.refused(
            "stdin",
            f"holds {len(unknown)} name{'s' * (len(unknown) != 1)} that init does not ask for"
            if unknown
            else "holds no key",
            hint,
        )
    return {variables[name]: _placed(variables[name], wanted[variables[name]], key) for name, key in lines.items()}


def _identity(options: InitOptions, *, ask: bool) -> tuple[str, str]:
    """The registry's ``user_agent``, and who accepts its risk; empty if the risk is not accepted."""
    chosen = options.kimi_identity
    if chosen is None:
        chosen = _ask_identity() if ask else HONEST
    agent = "" if chosen == HONEST else chosen
    if not agent or not needs_acceptance(agent):
        if options.accepted:
            raise click.UsageError("--accept-risk goes with a --kimi-identity that is another product's name")
        return agent, ""
    accepted = options.accepted
    if accepted is None and ask:
        question = "Who accepts that risk (name, date; Enter: not accepted)"
        accepted = click.prompt(question, default="", show_default=False, value_proc=_name_and_date, err=True)
    return agent, _name_and_date(accepted or "")


def _name_and_date(text: str) -> str:
    if text.strip() and not names_who_and_when(text):
        raise click.UsageError("give a name and a date: name, date")
    return text.strip()


def _ask_identity() -> str:
    report.say(
        "Which name should Kimi see?\n"
        f"  {HONEST:<8} {OWN_USER_AGENT}, over Kimi's Anthropic protocol, which needs no approval\n"
        f"  {CALLER:<8} the User-Agent of the coding agent that calls\n"
        "  or a User-Agent such as claude-code/1.0.0. Sending another product's name violates Kimi's terms,\n"
        "  and Kimi may suspend the membership for it."
    )
    return str(click.prompt("Name", default=HONEST, err=True)).strip()
