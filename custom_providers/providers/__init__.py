"""All facts about each provider: one module per provider, with its ``PROFILE``.

``profile`` defines the facts, ``known`` lists the providers. Every fact is here once, with its source.
"""
