"""The page at ``/pointsman/``: providers, calls, routes and clients, for people. Read-only, and needs no database.

    routes (HTTP, who may look) -> access, sessions
                                -> page -> calls (the audit), status (the running proxy), quotas -> views -> templates
                                -> charts (SVG)

The page has no external assets and no scripts.
"""
