"""``providers.toml``: its format, its rules, and how its text becomes a frozen ``Registry``.

``model`` has the dataclasses, in which each field is declared once, with its shape and its documentation. ``tables``
turns them into tables for validation, schema and reference, made of the shapes in ``shapes`` and ``values``; ``fields``
is the whole file. ``loading`` checks a text against these and against ``rules``, and reports all problems.
"""
