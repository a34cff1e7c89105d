"""The demonstration: the two Maldon plans, and a made-up partnership with the story of its last five quarters.

Everything goes through the services in a person's name, so that it has history like anything else.
"""

from actions.importing.demonstration.loading import SignIn, load_demonstration, sign_ins

__all__ = ["SignIn", "load_demonstration", "sign_ins"]
