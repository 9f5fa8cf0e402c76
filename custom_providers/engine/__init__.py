"""The wire engine: sends a call to a provider, reads the answer, and writes streams to the client itself.

LiteLLM authenticates, limits, routes and accounts; the engine transfers the data between client and provider. It reads
three wires (chat completions, messages, Ollama's API) and writes three client protocols (chat completions, messages,
responses). Code for a single provider lives in that provider's package, such as ``custom_providers.kimi``.
"""
