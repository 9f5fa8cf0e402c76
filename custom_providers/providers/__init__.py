"""What is known of each provider, a module for each: ``PROFILE`` in ``openrouter.py`` and its like.

``profile`` says what there is to know, ``known`` has all of them. Every fact is here once, with its source.
"""
