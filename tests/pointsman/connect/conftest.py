"""The proxy of tests/proxy, against which the printed settings are tested."""

from tests.proxy.conftest import proxy as proxy  # noqa: PLC0414 -- a fixture
