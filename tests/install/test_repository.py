"""The files that code hosts and pre-commit read, and the links in the documents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.patience import SECONDS
from tests.running import BIN, REPOSITORY, clean_environment

DOCUMENTS = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")]
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
FORMS = [path for path in REPOSITORY.glob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_of_a_document_leads_to_a_file(document: Path):
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path):
    named = re.findall(r"`((?:custom_providers|scripts|tests|deploy|docs)/[\w./-]+)`", document.read_text())

    assert [name for name in named if not (REPOSITORY / name).exists() and "X.Y.Z" not in name] == []


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_passes_on_a_sound_registry_and_fails_on_a_changed_one(hook: dict[str, str], tmp_path: Path):
    def run(command: str) -> int:
        program, *arguments = command.split()
        line = [str(BIN / program), *arguments]
        return subprocess.run(
            line, cwd=tmp_path, env=clean_environment(), capture_output=True, check=False, timeout=SECONDS
        ).returncode

    assert run("pointsman init --provider ollama") == 0
    assert run("pointsman render") == 0
    assert run(hook["entry"]) == 0
    registry = tmp_path / "providers.toml"
    registry.write_text(f'{registry.read_text()}\n[aliases]\nmine = "nobody/knows"\n'.replace("qwen", "other"))
    assert run(hook["entry"]) == 1


def test_the_workflow_runs_the_script_that_developers_run():
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/test.yml").read_text())

    commands = [step.get("run", "") for step in workflow["jobs"]["test"]["steps"]]
    assert "./scripts/test" in commands
    assert workflow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_complete(form: Path):
    content = yaml.safe_load(form.read_text())

    assert {"name", "description", "body"} <= set(content)
    assert all(field["type"] == "markdown" or field["attributes"]["label"] for field in content["body"])
