"""The wire engine: it sends one call to a provider, reads the answer, and brings a stream to the client itself.

LiteLLM authenticates, limits, routes and accounts; between client and provider the bytes are the engine's. It reads
three wires (chat completions, messages, Ollama's API) and writes three client protocols (chat completions, messages,
responses). What only one provider does lives with that provider, such as ``custom_providers.kimi``.
"""
