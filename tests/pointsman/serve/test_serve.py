"""``pointsman serve`` and ``pointsman smoke``: refusals before LiteLLM loads, or a full run until the stop."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.patience import SECONDS, eventually
from tests.pointsman.commands.documented import require_items, require_object
from tests.pointsman.conftest import Command
from tests.pointsman.listening import answer, listening
from tests.pointsman.serve.examples import commands
from tests.pointsman.terminal import terminal
from tests.running import BIN, MASTER_KEY, Proxy, clean_environment, free_port, running

CANARIES = {
    "OPENAI_API_KEY": "sk-proj-canary0openai0canary0openai",
    "KIMI_API_KEY": "sk-kimi-canary0kimi0canary0kimi0xy",
    "LITELLM_MASTER_KEY": MASTER_KEY,
}


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_busy_port_is_one_clear_error(pointsman: Command, busy_port: int):
    failed = pointsman("serve", "--port", str(busy_port))

    assert failed.returncode == 3
    assert f"127.0.0.1:{busy_port}: address already in use" in failed.stderr
    assert "hint: stop what listens there" in failed.stderr


def test_an_address_of_another_machine_is_one_clear_error_too(pointsman: Command):
    failed = pointsman("serve", "--host", "192.0.2.1", "--port", str(free_port()))

    assert failed.returncode == 3
    assert "cannot assign requested address" in failed.stderr
    assert "hint: use an address of this machine as host" in failed.stderr


def test_a_config_that_is_out_of_date_is_not_served(pointsman: Command, folder: Path):
    pointsman("render")
    config = folder / "litellm_config.yaml"
    config.write_text(before := config.read_text().replace("model_list:", "model_list:  # changed"))

    failed = pointsman("serve", "--port", str(free_port()))

    assert failed.returncode == 1
    assert "litellm_config.yaml: is out of date with providers.toml" in failed.stderr
    assert config.read_text() == before


def test_a_key_file_that_cannot_be_read_is_one_clear_error(pointsman: Command, folder: Path):
    (folder / "keys" / "openrouter.env").mkdir(parents=True)

    failed = pointsman("serve", "--port", str(free_port()))

    assert failed.returncode == 3
    assert 'provider "openrouter": keys/openrouter.env: is not a regular file' in failed.stderr
    assert "hint: let the proxy's user read the file" in failed.stderr


def test_an_env_file_that_cannot_be_read_is_one_clear_error(pointsman: Command, folder: Path):
    (folder / ".env").mkdir()

    failed = pointsman("serve", "--port", str(free_port()))

    assert failed.returncode == 3
    assert ".env: is not a regular file" in failed.stderr


def test_a_litellm_that_must_not_run_is_refused_before_it_is_loaded(pointsman: Command, folder: Path):
    metadata = folder / "litellm-1.107.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: litellm\nVersion: 1.107.0\n")
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))

    failed = pointsman("serve", "--port", str(free_port()), env={"PYTHONPATH": path})

    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-3] == (
        "litellm: LiteLLM 1.107.0 must not run: it and its container images were reported as compromised (October 2026)"
    )
    assert "replace every key" in failed.stderr


@pytest.mark.parametrize("weak", ["sk-1234", "password-password-password"])
def test_a_weak_master_key_is_refused(pointsman: Command, weak: str):
    failed = pointsman("serve", "--port", str(free_port()), env={"LITELLM_MASTER_KEY": weak})

    assert failed.returncode == 3
    assert "LITELLM_MASTER_KEY: the master key must begin with" in failed.stderr
    assert weak not in failed.stderr


@pytest.mark.parametrize(
    ("variable", "key", "said"),
    [
        ("OPENAI_API_KEY", "sk-or-v1-" + "0" * 64, "OPENAI_API_KEY holds an OpenRouter key"),
        ("MOONSHOT_API_KEY", "sk-kimi-" + "0" * 64, "which is a key of Kimi Code"),
        ("GEMINI_API_KEY", "sk-ant-api03-" + "0" * 93 + "AA", "GEMINI_API_KEY holds an Anthropic key"),
        ("OPENAI_API_KEY", "your-api-key", "OPENAI_API_KEY is a placeholder such as your-api-key"),
    ],
)
def test_a_wrong_key_is_named_before_litellm_starts(pointsman: Command, variable: str, key: str, said: str):
    # The weak master key ends it there.
    failed = pointsman("serve", "--port", str(free_port()), env={variable: key, "LITELLM_MASTER_KEY": "sk-1234"})

    (warning,) = [line for line in failed.stderr.splitlines() if ": auth_env: " in line]
    assert warning.startswith("warning: providers.toml:")
    assert said in warning
    assert key not in failed.stderr.replace(said, "")


def test_a_name_that_leads_nowhere_is_named_before_litellm_starts(pointsman: Command, folder: Path):
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace("[aliases]\n", '[aliases]\nold = "retired/some-model"\n'))

    failed = pointsman("serve", "--port", str(free_port()), env={"LITELLM_MASTER_KEY": "sk-1234"})

    (warning,) = [line for line in failed.stderr.splitlines() if "aliases.old" in line]
    assert warning.startswith("warning: providers.toml:")
    assert 'leads to "retired", which is switched off (enabled = false)' in warning


def test_a_bad_kimi_timeout_is_refused(pointsman: Command):
    failed = pointsman("serve", "--port", str(free_port()), env={"KIMI_TIMEOUT_SECS": "ten minutes"})

    assert failed.returncode == 1
    assert 'KIMI_TIMEOUT_SECS: "ten minutes" is not a positive number of seconds' in failed.stderr


def test_a_base_url_that_is_none_is_refused(pointsman: Command):
    failed = pointsman("serve", "--port", str(free_port()), env={"KIMI_BASE_URL": "http://[bad"})

    assert failed.returncode == 1
    assert "KIMI_BASE_URL is not a valid URL" in failed.stderr


@pytest.mark.parametrize("field", ["database_url_env", "redis_url_env"])
def test_a_database_whose_url_is_not_set_is_refused(pointsman: Command, folder: Path, field: str):
    with (folder / "providers.toml").open("a") as registry:
        registry.write(f'\n[gateway]\n{field} = "NOWHERE_URL"\n')
    line = len((folder / "providers.toml").read_text().splitlines())

    failed = pointsman("serve", "--port", str(free_port()))

    assert failed.returncode == 1
    assert f"providers.toml:{line}: gateway.{field}: $NOWHERE_URL is not set" in failed.stderr
    assert f"hint: set it, or remove {field}" in failed.stderr


def test_a_database_without_prismas_client_is_refused_with_the_command_to_run(pointsman: Command, folder: Path):
    with (folder / "providers.toml").open("a") as registry:
        registry.write('\n[gateway]\ndatabase_url_env = "DATABASE_URL"\n')

    failed = pointsman("serve", env={"DATABASE_URL": "postgresql://canary:canary@127.0.0.1:1/none"})

    assert failed.returncode == 3
    assert "LiteLLM cannot use its database: Prisma's client is not generated in this environment" in failed.stderr
    assert "prisma generate --schema" in failed.stderr
    assert "canary" not in failed.stderr


def test_no_refusal_comes_as_a_traceback_or_shows_a_key(pointsman: Command, folder: Path, busy_port: int):
    (folder / ".env").write_text("OPENROUTER_API_KEY=sk-or-v1-canary00canary00canary00\n")

    failed = pointsman("serve", "--port", str(busy_port), env=CANARIES)

    assert "Traceback" not in failed.stderr
    assert "canary" not in failed.stdout + failed.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Path]]:
    """``pointsman serve --simulate`` in a folder with only a registry."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "providers.toml").write_text(REGISTRY.read_text())
    port = free_port()
    command = [str(BIN / "pointsman"), "serve", "--simulate", "--port", str(port)]
    with running(command, clean_environment(), f"http://127.0.0.1:{port}", folder / "serve.log", cwd=folder) as proxy:
        yield proxy, folder


def _master_key(folder: Path) -> str:
    return (folder / ".env").read_text().strip().partition("=")[2]


def test_the_first_run_makes_a_strong_master_key_that_only_its_owner_can_read(served: tuple[Proxy, Path]):
    proxy, folder = served

    assert re.fullmatch(r"LITELLM_MASTER_KEY=sk-[\w-]{43}\n", (folder / ".env").read_text())
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert f"...{_master_key(folder)[-4:]}" in proxy.log()
    assert _master_key(folder) not in proxy.log()


def test_serve_says_in_one_line_each_who_is_registered_and_who_has_no_key(served: tuple[Proxy, Path]):
    log = served[0].log()

    assert re.search(r"^providers: ollama, .*openai \(\.\.\.\w{4}\)", log, re.MULTILINE)
    assert "\nwithout a key: keyless (" in log
    assert "retired" not in log.partition("\nready after ")[0]
    assert 'identity of kimi: sends User-Agent "claude-code/1.0.0"' in log
    assert "risk accepted by the test suite, 2026-11-21" in log


def test_the_curl_commands_that_serve_prints_work(served: tuple[Proxy, Path]):
    proxy, _ = served
    export, *requests = commands(proxy.log())
    assert len(requests) == 3

    for command in requests:
        done = subprocess.run(
            ["sh", "-c", f"{export}\n{command} --fail-with-body"], cwd="/", env=clean_environment(),
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert '"error"' not in done.stdout


def test_the_url_is_the_last_thing_it_says_and_the_examples_before_it(served: tuple[Proxy, Path]):
    """LiteLLM's banner and its list of models are not shown."""
    proxy, _ = served
    lines = proxy.log().partition("starting LiteLLM\n")[2].splitlines()
    end = lines.index(proxy.url)

    assert lines[0].startswith("ready after ")
    assert lines[1] == "the providers are simulated; try from another terminal:"
    assert lines[end - 1] == f"page: {proxy.url}/pointsman/"
    # The lines of other tests' calls follow.
    assert [line for line in lines[end + 1 :] if not re.match(r"(\d{4}-\d\d-\d\dT|.*Proxy)", line)] == []


def test_the_other_commands_follow_it(served: tuple[Proxy, Path]):
    """They use the simulated providers, keys and state directory, without any variables set."""
    proxy, folder = served

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / "pointsman", *arguments],
            cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    checked = run("check", "--live")
    assert f"following `serve --simulate` at {proxy.url}" in checked.stderr
    assert "9 verified" in checked.stderr
    assert checked.returncode == 0
    assert "moonshot" in run("usage").stdout
    assert run("models", "--live", "--provider", "gemini").returncode == 0
    assert run("route", "kimi/k3", "--expect", "kimi/k3").returncode == 0
    assert f"{proxy.url}: LiteLLM listens" in run("doctor").stdout
    assert proxy.url in run("connect", "curl").stdout
    assert (folder / ".pointsman" / "simulated" / "serve.json").exists()
    assert not (folder / ".pointsman" / "serve.json").exists()
    assert "...0e01" in run("keys").stdout


@pytest.mark.parametrize("command", ["check --live", "smoke", "doctor"])
def test_beside_it_the_other_commands_fit_a_terminal(served: tuple[Proxy, Path], command: str):
    proxy, folder = served
    with terminal(folder, *command.split(), env={"COLUMNS": "80"}) as run:
        assert run.end() == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", run.seen).replace("\r", "\n").splitlines()

    assert any(line.startswith(f"following `serve --simulate` at {proxy.url}") for line in lines)
    assert [line for line in lines if len(line) > 80 and str(folder) not in line] == []


def test_no_key_is_in_the_process_listing(served: tuple[Proxy, Path]):
    proxy, folder = served

    listing = [_command_line(process) for process in (str(proxy.process.pid), *_children(proxy))]

    assert any("pointsman.serve.proxy_process" in line for line in listing)
    keys = [_master_key(folder), *_simulated_keys().values()]
    assert not [line for line in listing if any(key in line for key in keys)]


def _smoke(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = _simulated_keys()
    return subprocess.run(
        [BIN / "pointsman", "smoke", "--url", url, *arguments],
        cwd=folder, env={**clean_environment(), **variables}, capture_output=True, text=True, check=False,
        timeout=SECONDS,
    )  # fmt: skip


def _simulated_keys() -> dict[str, str]:
    with Simulator() as simulator:
        return {name: key for name, key in simulator.environ().items() if name.endswith("KEY")}


def test_smoke_passes_against_a_proxy_that_works(served: tuple[Proxy, Path]):
    proxy, folder = served

    done = _smoke(folder, proxy.url, "--json")

    told = json.loads(done.stdout)
    require_object("smoke", told, done.returncode)
    require_items("`steps`", told["steps"])
    assert [step for step in told["steps"] if not step["ok"]] == []
    assert done.returncode == 0
    names = [step["name"] for step in told["steps"]]
    assert names[:6] == [
        "the proxy lists exactly the registered providers",
        "a bare name goes to the default provider",
        "a prefix is stripped before the upstream",
        '"smoke:cloud" goes to its own provider or nowhere',
        "an unknown prefix reaches the default provider untouched",
        "a request without a model is a 400",
    ]
    assert "kimi/kimi-for-coding answers" in names
    assert "kimi/kimi-for-coding streams" in names
    assert "keyless/some-model is a 404" in names


def test_smoke_fails_where_the_proxy_and_the_keys_here_disagree(served: tuple[Proxy, Path], pointsman: Command):
    proxy, folder = served
    env = {"LITELLM_MASTER_KEY": _master_key(folder)}

    done = pointsman("smoke", "--url", proxy.url, env=env)

    assert done.returncode == 1
    assert "FAIL  the proxy lists exactly the registered providers: only the proxy has " in done.stdout
    assert "PASS  a bare name goes to the default provider" in done.stdout


def test_smoke_with_a_key_that_the_proxy_refuses_says_so_and_takes_no_step(
    served: tuple[Proxy, Path], pointsman: Command
):
    done = pointsman("smoke", "--url", served[0].url, env={"LITELLM_MASTER_KEY": "sk-another-master-key-wxyz"})

    assert (done.returncode, done.stdout) == (3, "")
    assert "LITELLM_MASTER_KEY (...wxyz): the proxy at" in done.stderr


def test_smoke_shows_the_key_to_litellm_only(pointsman: Command):
    heard = []

    def stranger(handler: BaseHTTPRequestHandler) -> None:
        heard.append(str(handler.headers))
        answer(handler, b"welcome")

    with listening(stranger) as url:
        done = pointsman("smoke", "--url", url, env={"LITELLM_MASTER_KEY": MASTER_KEY})

    assert done.returncode == 3
    assert "what answers there (200) is not LiteLLM" in done.stderr
    assert heard
    assert MASTER_KEY not in "".join(heard)


def test_smoke_beside_a_simulated_proxy_asks_with_what_that_has(served: tuple[Proxy, Path]):
    done = subprocess.run(
        [BIN / "pointsman", "smoke"],
        cwd=served[1], env=clean_environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("url", ["foo", "localhost:4000", "ftp://127.0.0.1", "http://"])
def test_smoke_takes_addresses_only(pointsman: Command, url: str):
    assert pointsman("smoke", "--url", url).returncode == 2


def test_smoke_without_a_proxy_could_not_run(pointsman: Command):
    port = free_port()
    done = pointsman("smoke", "--url", f"http://127.0.0.1:{port}", env={"LITELLM_MASTER_KEY": MASTER_KEY})

    assert done.returncode == 3
    assert f"no proxy answers: no connection to 127.0.0.1:{port}: connection refused" in done.stderr
    assert "hint: run `pointsman serve`" in done.stderr


def test_smoke_without_a_key_could_not_run(pointsman: Command):
    assert "LITELLM_MASTER_KEY: not set" in pointsman("smoke").stderr


def test_on_a_terminal_every_line_fits(tmp_path: Path):
    """Only a line with the path of the folder may be longer."""
    port = free_port()
    with terminal(tmp_path, "serve", "--simulate", "--port", str(port), env={"COLUMNS": "80"}) as run:
        run.expect(f"\nhttp://127.0.0.1:{port}\n")
        run.interrupt()
        lines = run.seen.splitlines()

    assert any(line.startswith("identity of kimi: ") for line in lines)
    assert [line for line in lines if len(line) > 80 and str(tmp_path) not in line] == []


def test_an_interrupt_stops_the_proxy_and_its_simulator(tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    port = free_port()
    command = [str(BIN / "pointsman"), "serve", "--simulate", "--port", str(port)]
    with running(command, clean_environment(), f"http://127.0.0.1:{port}", tmp_path / "log", cwd=tmp_path) as proxy:
        children = _children(proxy)
        assert len(children) == 2
        proxy.process.send_signal(signal.SIGINT)
        assert proxy.process.wait(SECONDS) == 0
        for _ in range(100):
            if not any(map(_command_line, children)):
                break
            signal.sigtimedwait([], 0.1)
        assert not any(map(_command_line, children))
    assert "Traceback" not in proxy.log()


def test_on_ctrl_c_a_request_gets_its_answer_from_a_simulated_provider_too(tmp_path: Path):
    """A terminal interrupts every process of its group."""
    port = free_port()
    with terminal(tmp_path, "serve", "--simulate", "--port", str(port)) as run:
        run.expect(f"\nhttp://127.0.0.1:{port}\n")
        entry = json.loads((tmp_path / ".pointsman/simulated/serve.json").read_text())
        simulator = entry["simulated"]["OLLAMA_BASE_URL"].removesuffix("/ollama")
        slow = {"provider": "ollama", "answers": [{"faithful": True, "delay": 3}]}
        httpx.post(f"{simulator}/_simulator/script", json=slow).raise_for_status()
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(
                httpx.post,
                f"http://127.0.0.1:{port}/v1/chat/completions",
                json={"model": "ollama/qwen3.5:latest", "messages": [{"role": "user", "content": "Hello"}]},
                headers={"Authorization": f"Bearer {_master_key(tmp_path)}"},
                timeout=SECONDS,
            )
            eventually(lambda: "chat" in httpx.get(f"{simulator}/_simulator/received").text)
            os.killpg(run.process.pid, signal.SIGINT)
            response = call.result()
        assert run.end() == 0

    assert response.status_code == 200, response.text
    assert "Traceback" not in run.seen


def test_an_ipv6_address_is_served_and_told_as_a_url(tmp_path: Path):
    if "00000000000000000000000000000001" not in _text("/proc/net/if_inet6"):
        pytest.skip("this machine has no ::1")
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    port = free_port()
    command = [str(BIN / "pointsman"), "serve", "--host", "::1", "--port", str(port)]
    with running(command, clean_environment(), f"http://[::1]:{port}", tmp_path / "log", cwd=tmp_path) as proxy:
        assert proxy.log().splitlines()[-1] == f"http://[::1]:{port}"


def test_an_interrupt_while_litellm_starts_is_an_end_without_a_traceback(tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    process = subprocess.Popen(
        [BIN / "pointsman", "serve", "--port", str(free_port())],
        cwd=tmp_path, env=clean_environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr
    said = [next(line for line in process.stderr if line.startswith("starting LiteLLM"))]
    process.send_signal(signal.SIGINT)
    said += process.communicate(timeout=SECONDS)[1]

    assert process.returncode == 0
    assert "Traceback" not in "".join(said)


def _children(proxy: Proxy) -> list[str]:
    return Path(f"/proc/{proxy.process.pid}/task/{proxy.process.pid}/children").read_text().split()


def _command_line(process: str) -> str:
    return _text(f"/proc/{process}/cmdline")


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def test_a_demo_needs_no_registry_and_leaves_the_users_alone(tmp_path: Path):
    """Its port is taken, so that it ends immediately."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [str(BIN / "pointsman"), "serve", "--simulate", "--port", str(taken.getsockname()[1])]
        for registry in (None, "user's own"):
            if registry:
                (tmp_path / "providers.toml").write_text(registry)
            done = subprocess.run(
                command,
                cwd=tmp_path,
                env=clean_environment(),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            if registry is None:
                assert done.stderr.startswith("providers.toml: written, with every known provider, for the demo\n")
                assert "address already in use" in done.stderr
                assert {row["provider"] for row in _providers(tmp_path)} >= {"ollama", "kimi", "openai"}
    assert (tmp_path / "providers.toml").read_text() == "user's own"


def _providers(folder: Path) -> list[dict[str, str]]:
    command = [str(BIN / "pointsman"), "providers", "--json"]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=True)
    found: list[dict[str, str]] = json.loads(done.stdout)["providers"]
    return found
