"""The Revox API: assistants with all their settings, voices, phone numbers, campaigns and the user."""

from agentops.sandbox.revox.kinds import KINDS, identify
from agentops.sandbox.revox.routes import failure, routes, unauthenticated
from agentops.sandbox.revox.seeds import fill

__all__ = ["KINDS", "failure", "fill", "identify", "routes", "unauthenticated"]
