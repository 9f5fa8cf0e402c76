from __future__ import annotations

from pathlib import Path

from custom_providers.alerts.quiet import QUIET_SECONDS, Quiet


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_trouble_that_goes_on_is_new_once(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    found = []
    for _ in range(200):
        found.append(quiet.is_new("kimi.quota"))
        clock.now += 100
    assert found == [True, *[False] * 199]


def test_a_trouble_that_has_not_shown_for_an_hour_is_new_again(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    assert quiet.is_new("kimi.quota")
    clock.now += QUIET_SECONDS - 1
    assert not quiet.is_new("kimi.quota")
    clock.now += QUIET_SECONDS
    assert quiet.is_new("kimi.quota")


def test_two_troubles_are_two(tmp_path: Path):
    quiet = Quiet(tmp_path)
    assert quiet.is_new("kimi.quota")
    assert quiet.is_new("kimi.key")
    assert quiet.is_new("openai.quota")


def test_workers_and_a_restart_share_what_they_know(tmp_path: Path):
    clock = Clock()
    assert Quiet(tmp_path, clock).is_new("kimi.quota")
    clock.now += 10
    assert not Quiet(tmp_path, clock).is_new("kimi.quota")


def test_a_clock_that_jumps_back_does_not_silence_for_ever(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    assert quiet.is_new("kimi.quota")
    clock.now -= 10 * QUIET_SECONDS
    assert quiet.is_new("kimi.quota")


def test_without_a_state_directory_it_is_new_once_for_each_process(tmp_path: Path):
    (tmp_path / "file").touch()
    clock = Clock()
    quiet = Quiet(tmp_path / "file" / "alerts", clock)
    assert quiet.is_new("kimi.quota")
    clock.now += 100
    assert not quiet.is_new("kimi.quota")
