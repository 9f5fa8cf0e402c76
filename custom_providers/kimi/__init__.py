"""Kimi in LiteLLM: one handler for Kimi Code and for the Moonshot platform.

``systems``, ``identity``, ``catalogue``, ``timeout`` and ``errors`` are pure and load nothing but the standard
library, so that the command line can use them; only ``handler`` and what it calls import LiteLLM.
"""
