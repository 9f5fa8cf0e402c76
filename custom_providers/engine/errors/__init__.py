"""Failed calls: their classification, and the LiteLLM exceptions for them."""
