"""The proxy of tests/proxy, for what is printed to run against."""

from tests.proxy.conftest import proxy as proxy  # noqa: PLC0414 -- a fixture
