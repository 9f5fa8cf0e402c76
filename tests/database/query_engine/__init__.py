"""Prisma's query engine from npm, for machines that cannot download its native build.

LiteLLM reaches Postgres through prisma-client-py, which starts Prisma's ``query-engine`` and speaks GraphQL over HTTP
with it. That program comes from Prisma's own server alone. npm has the same engine in WebAssembly; it speaks a JSON
protocol. ``query-engine.js`` runs it and translates; LiteLLM and prisma-client-py are as released.

- ``installation``: makes the engine and a generated client in ``.prisma``, once.
- ``query-engine.js``: the program. ``documents.js`` translates queries, ``answers.js`` answers.
- ``postgres.js``: the engine, connected by the driver ``pg``.
- ``package-lock.json``: exact versions with their hashes. 5.17.0 is the last Prisma that can answer raw queries as
  prisma-client-py reads them; 5.4.2 is the command that prisma-client-py 0.11 generates its client with.

To change a version: edit ``package.json``, run ``npm install --package-lock-only --ignore-scripts
--omit-lockfile-registry-resolved`` here, and run ``./scripts/test tests/database``.
"""
