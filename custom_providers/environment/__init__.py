"""What the environment says about providers: every value is cleaned and judged here, once, and used as judged.

- ``text``: what copying leaves around a value, and what no key can contain.
- ``base_urls``: whether a URL can be a base URL, and its normal form; the registry's ``base_url`` obeys the same rule.
- ``listener``: the proxy's own address, which no provider may have as base URL.
- ``admission``: all of it together, for the proxy: which providers are registered, with which key, at which URL.
- ``deployments``: LiteLLM's router gets the providers that are registered, with that key and that URL.

The command finds keys in more places (see ``custom_providers.keys.lookup``) and judges them by the same functions.
"""
