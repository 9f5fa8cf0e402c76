"""Where LiteLLM is changed because it has no setting or hook for it: few places, each checked at boot.

``changes`` lists them all, ``place`` checks and applies them, ``releases`` says which LiteLLM they were tested with,
and ``router_view`` holds the one difference between the releases that the rest of the code would notice.
"""
