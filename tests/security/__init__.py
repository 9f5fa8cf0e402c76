"""Attacks on the running proxy; tests check that no upstream, internal host or other key gains anything from them."""
