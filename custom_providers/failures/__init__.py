"""What a failed call looks like from outside, whoever served it: its status, its sentence, its headers.

``cause`` is pure and cleans the words; ``verdict`` reads an attempt's exception; ``answers`` is the ASGI layer that
every error answer passes.
"""
