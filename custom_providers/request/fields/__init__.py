"""The fields of a request body: their names, types and defaults, and the ones that are reserved or get lost."""
