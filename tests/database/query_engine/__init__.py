"""Prisma's query engine from npm, for machines that cannot download its native build.

LiteLLM reaches Postgres through prisma-client-py, which starts Prisma's ``query-engine`` and sends it GraphQL over
HTTP. That program is available only from Prisma's own server. npm has the same engine in WebAssembly, with a JSON
protocol. ``query-engine.js`` runs it and translates; LiteLLM and prisma-client-py are unmodified.

- ``installation``: installs the engine and a generated client in ``.prisma``, once.
- ``query-engine.js``: the program. ``documents.js`` translates queries, ``answers.js`` results.
- ``postgres.js``: connects the engine with the driver ``pg``.
- ``package-lock.json``: exact versions with their hashes. Prisma 5.17.0 is the last release whose results of raw
  queries prisma-client-py can read; prisma-client-py 0.11 generates its client with the command of 5.4.2.

To change a version: edit ``package.json``, run ``npm install --package-lock-only --ignore-scripts
--omit-lockfile-registry-resolved`` here, and run ``./scripts/test tests/database``.
"""
