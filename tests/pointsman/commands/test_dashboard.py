"""``pointsman dashboard`` opens the right page, or prints the URL if it cannot open it."""

from __future__ import annotations

from pathlib import Path

from custom_providers.state import state_directory
from pointsman.serve import run_file
from tests.patience import eventually
from tests.pointsman.conftest import Command


def _browser(folder: Path) -> tuple[dict[str, str], Path]:
    """A browser that only records its URL argument."""
    program, opened = folder / "browser", folder / "opened"
    program.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    program.chmod(0o755)
    return {"BROWSER": f"{program} %s"}, opened


def test_it_opens_the_page_of_the_running_proxy(pointsman: Command, folder: Path):
    env, opened = _browser(folder)
    running = run_file.this_process(
        registry=str((folder / "providers.toml").resolve()), url="http://localhost:4321", host="127.0.0.1", port=4321
    )
    with run_file.announced(state_directory({}, folder), running):
        done = pointsman("dashboard", env=env)

    assert (done.returncode, done.stdout) == (0, "http://localhost:4321/pointsman/\n")
    eventually(opened.exists)
    assert opened.read_text() == "http://localhost:4321/pointsman/\n"


def test_without_a_running_proxy_it_says_what_to_start(pointsman: Command):
    done = pointsman("dashboard", "--no-open")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "no proxy runs with providers.toml\n    hint: start `pointsman serve`, or name a proxy with --url\n"
    )


def test_it_can_be_given_another_proxy_and_open_nothing(pointsman: Command, folder: Path):
    env, opened = _browser(folder)
    done = pointsman("dashboard", "--no-open", "--url", "https://proxy.example/", env=env)

    assert (done.returncode, done.stdout) == (0, "https://proxy.example/pointsman/\n")
    assert not opened.exists()


def test_where_there_is_no_browser_the_address_is_printed_all_the_same(pointsman: Command, folder: Path):
    done = pointsman("dashboard", "--url", "http://localhost:4000", env={"PATH": str(folder), "BROWSER": "nothing %s"})

    assert (done.returncode, done.stdout) == (0, "http://localhost:4000/pointsman/\n")
    assert done.stderr == "no browser could be started: open the address above\n"
