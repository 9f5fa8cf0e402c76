"""The few places where LiteLLM is changed because it has no setting or hook for it, each checked at boot.

``changes`` lists them all, ``place`` checks and applies them, ``releases`` lists the LiteLLM releases they were tested
with, and ``router_view`` hides the one difference between releases that other modules would notice.
"""
