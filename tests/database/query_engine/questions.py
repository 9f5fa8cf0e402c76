"""Runs queries with prisma-client-py and the generated client; prints the results as JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import Any

TEXT = 'a "quoted" \\ line\nwith {"json": [1]} and $type and \u00e9 \U0001f600'
NESTED = {"$type": "Json", "value": [1, 2.5, None, True, {"text": TEXT}], "set": {"equals": "x"}}
LARGE = 2**53 + 1


async def _written(client: Any) -> dict[str, Any]:
    from prisma import Json  # type: ignore[attr-defined]  # it is generated

    budget = {"budget_id": "b1", "max_budget": 1e-7, "tpm_limit": LARGE, "created_by": TEXT, "updated_by": "me"}
    await client.litellm_budgettable.create(data={**budget, "model_max_budget": Json(NESTED)})
    await client.litellm_verificationtoken.create(
        data={
            "token": "t1",
            "models": ["a", TEXT],
            "metadata": json.dumps(NESTED),
            "litellm_budget_table": {"connect": {"budget_id": "b1"}},
        }
    )
    found = await client.litellm_verificationtoken.find_unique(
        where={"token": "t1"}, include={"litellm_budget_table": True}
    )
    alike = await client.litellm_verificationtoken.count(where={"metadata": {"equals": Json(NESTED)}})
    table = found.litellm_budget_table
    return {
        "models": found.models,
        "metadata": found.metadata,
        "budget": [table.max_budget, table.tpm_limit, table.created_by, table.model_max_budget],
        "alike": alike,
    }


async def _raw(client: Any) -> list[Any]:
    sql = "SELECT $1::text AS text, 2::bigint AS big, ARRAY['x'] AS list, NULL::int AS none, '[1]'::jsonb AS json"
    (row,) = await client.query_raw(sql, TEXT)
    (catalogue,) = await client.query_raw(
        "SELECT 'a'::name AS name, ARRAY['b'::name] AS names, 'pg_class'::regclass AS of"
    )
    return [row, catalogue, await client.execute_raw('UPDATE "LiteLLM_VerificationToken" SET spend = 2')]


async def _transactions(client: Any) -> list[Any]:
    from prisma.errors import RawQueryError

    tokens = client.litellm_verificationtoken
    with contextlib.suppress(RawQueryError):
        async with client.tx() as transaction:
            await transaction.litellm_verificationtoken.create(data={"token": "t2"})
            await transaction.query_raw("SELECT 1 / 0")
    kept = await tokens.count()
    async with client.batch_() as batch:
        batch.litellm_verificationtoken.create(data={"token": "t3"})
        batch.litellm_verificationtoken.update(where={"token": "t1"}, data={"spend": {"increment": 0.5}})
    return [kept, await tokens.count(), (await tokens.find_unique(where={"token": "t1"})).spend]


async def _refused(client: Any) -> list[str]:
    asked = (
        client.litellm_verificationtoken.create(data={"token": "t1"}),
        client.litellm_verificationtoken.find_unique_or_raise(where={"token": "none"}),
        client.query_raw("SELECT nothing"),
    )
    answers = await asyncio.gather(*asked, return_exceptions=True)
    return [f"{type(answer).__name__}: {answer}" for answer in answers]


async def main() -> None:
    """Queries the database of ``DATABASE_URL``."""
    from prisma import Prisma  # type: ignore[attr-defined]  # it is generated

    async with Prisma() as client:
        answers = [await ask(client) for ask in (_written, _raw, _transactions, _refused)]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
