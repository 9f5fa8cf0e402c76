"""Failed calls: what is known of one, and the LiteLLM exception for it."""
