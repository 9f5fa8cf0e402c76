"""Where a provider's key comes from, and how keys are kept out of everything that is shown."""
