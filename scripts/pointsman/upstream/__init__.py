"""Where providers are asked about keys, quotas and models."""
