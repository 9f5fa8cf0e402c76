"""The models that a request names: declared ones, its own and others, and whether its key may call them."""
