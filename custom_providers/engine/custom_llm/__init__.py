"""What LiteLLM sees of the engine: a ``CustomLLM``, and which calls it takes."""
