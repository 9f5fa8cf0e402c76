"""Tests; a package, so that `from tests.simulator import Simulator` works however pytest is started."""
