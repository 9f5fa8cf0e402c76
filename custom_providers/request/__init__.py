"""What happens to a request between LiteLLM's authentication and its router."""
