"""Questions to providers about keys, quotas and models, and how their replies are read."""
