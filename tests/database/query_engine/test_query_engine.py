"""The engine works for prisma-client-py like the native one: values, raw queries, transactions and errors."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.database.environment import DatabaseEnvironment
from tests.database.query_engine.questions import LARGE, NESTED, TEXT
from tests.observability.audit.cluster import Cluster


@pytest.fixture(scope="module")
def answers(database_environment: DatabaseEnvironment, postgres: Cluster) -> list[Any]:
    """The client's results."""
    env = database_environment.variables(database_environment.create_database(postgres, "questions"))
    command = [str(database_environment.python), "-m", "tests.database.query_engine.questions"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # The previous line is the version, which prisma-client-py requests from the engine.
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_values_come_back_as_they_were_written(answers: list[Any]):
    assert answers[0] == {
        "models": ["a", TEXT],
        "metadata": NESTED,
        "budget": [1e-7, LARGE, TEXT, NESTED],
        "alike": 1,
    }


def test_raw_queries(answers: list[Any]):
    row, catalogue, changed = answers[1]

    assert row == {"text": TEXT, "big": 2, "list": ["x"], "none": None, "json": [1]}
    assert catalogue == {"name": "a", "names": ["b"], "of": "pg_class"}
    assert changed == 1


def test_a_transaction_is_all_or_nothing(answers: list[Any]):
    assert answers[2] == [1, 2, 2.5]


def test_errors_have_prismas_classes_and_postgres_words(answers: list[Any]):
    twice, nothing, wrong = answers[3]

    assert twice.startswith("UniqueViolationError")
    assert nothing.startswith("RecordNotFoundError")
    assert wrong.startswith("RawQueryError")
    assert 'column "nothing" does not exist' in wrong
