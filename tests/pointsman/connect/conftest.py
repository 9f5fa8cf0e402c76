"""The proxy of tests/proxy, to run the printed settings against."""

from tests.proxy.conftest import proxy as proxy  # noqa: PLC0414 -- a fixture
