"""Conformance: every route by every protocol by every feature, each a test, and ``docs/conformance.md`` as their list.

- ``cells``: the routes, the features, and what is not supported, with the reason.
- ``requests``: what a client sends for a feature.
- ``failing``: answers that break off with an error, for each API of a provider.
- ``page``: the matrix; ``python -m tests.conformance`` writes it.
"""
