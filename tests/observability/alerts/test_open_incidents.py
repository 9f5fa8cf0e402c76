from __future__ import annotations

from pathlib import Path

from custom_providers.observability.alerts.open_incidents import CALM_SECONDS, QUIET_SECONDS, Quiet


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_incident_that_goes_on_is_new_once(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    found = []
    for _ in range(200):
        found.append(quiet.is_new("kimi.quota"))
        clock.now += 100
    assert found == [True, *[False] * 199]


def test_an_incident_that_has_not_shown_for_an_hour_is_new_again(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    assert quiet.is_new("kimi.quota")
    clock.now += QUIET_SECONDS - 1
    assert not quiet.is_new("kimi.quota")
    clock.now += QUIET_SECONDS
    assert quiet.is_new("kimi.quota")


def test_two_incidents_are_two(tmp_path: Path):
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


def test_a_failure_is_over_once_when_it_was_not_seen_for_five_minutes(tmp_path: Path):
    clock = Clock()
    one, other = Quiet(tmp_path, clock), Quiet(tmp_path, clock)
    assert one.is_new("kimi.key", "k3")
    assert one.going_on() == other.going_on() == {"kimi.key": "k3"}
    clock.now += CALM_SECONDS - 1
    assert not one.is_over("kimi.key")
    clock.now += 1
    assert [other.is_over("kimi.key"), one.is_over("kimi.key"), one.is_over("kimi.key")] == [True, False, False]
    assert one.going_on() == {}
    assert one.is_new("kimi.key")


def test_a_failure_that_comes_and_goes_is_not_over(tmp_path: Path):
    clock = Clock()
    quiet = Quiet(tmp_path, clock)
    found = []
    for _ in range(100):
        found.append((quiet.is_new("kimi.failing"), quiet.is_over("kimi.failing")))
        clock.now += CALM_SECONDS - 100
    assert found == [(True, False), *[(False, False)] * 99]


def test_what_was_never_reported_is_never_over(tmp_path: Path):
    assert not Quiet(tmp_path).is_over("kimi.key")


def test_without_a_state_directory_a_failure_is_over_too(tmp_path: Path):
    (tmp_path / "file").touch()
    clock = Clock()
    quiet = Quiet(tmp_path / "file" / "alerts", clock)
    assert quiet.is_new("kimi.key")
    clock.now += CALM_SECONDS
    assert [quiet.is_over("kimi.key"), quiet.is_over("kimi.key")] == [True, False]


def test_what_an_earlier_release_noted_is_read(tmp_path: Path):
    (tmp_path / "kimi.key").write_text("01800000000.000     ")
    assert Quiet(tmp_path, Clock()).going_on() == {"kimi.key": ""}
