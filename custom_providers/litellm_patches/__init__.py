"""What LiteLLM is made to do otherwise where it has no setting for it, a module for each matter, installed at boot.

What clients see:

- ``bodies``: a body that nobody can act on is a 400, and not an empty request.
- ``stream_ends``: a stream that breaks off is an error, and no made-up "stop".
- ``retries``: a spent quota is not asked again.
- ``listing``: a pattern is listed as the declared models under it.
- ``names``: a key for a model opens every name that routes to it.
- ``health_checks``: nobody pays for the admin UI's test of a connection.

What a request costs:

- ``declared``: ten thousand models are deployments of the router, and no entries of its config.
- ``patterns``, ``route_kinds``, ``usage_counting``: what was found out once is not found out at every request.
- ``limit_discovery``: providers are not asked for what the registry tells.
- ``garbage_collection``: between requests, where Python 3.11 would crash now and then.

All of it holds for the release of LiteLLM that the lock pins; with one that lacks a place which is changed here, the
proxy does not start.
"""
