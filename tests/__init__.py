"""Tests. A package, so that `from tests.running import litellm` works however pytest is started."""
