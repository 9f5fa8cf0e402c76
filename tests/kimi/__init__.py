"""Tests of the Kimi handler: its pure parts alone, and all of it through a real LiteLLM proxy."""
