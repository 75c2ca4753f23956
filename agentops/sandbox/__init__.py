"""The platforms' APIs as a local server: a WSGI application over SQLite that imports nothing of agentops."""

from agentops.sandbox.app import BASE_PATH, DEFAULT_TOKEN, Sandbox, open_sandbox
from agentops.sandbox.autocalls.assistant_reads import HIDDEN_FIELDS, OBSERVED_FIELDS
from agentops.sandbox.database import Logged
from agentops.sandbox.faults import Fault, FaultKind, Faults
from agentops.sandbox.options import Options
from agentops.sandbox.platforms import PLATFORMS
from agentops.sandbox.server import Server, serve
from agentops.sandbox.store import DEFAULT_ACCOUNT, Store

__all__ = [
    "BASE_PATH",
    "DEFAULT_ACCOUNT",
    "DEFAULT_TOKEN",
    "HIDDEN_FIELDS",
    "OBSERVED_FIELDS",
    "PLATFORMS",
    "Fault",
    "FaultKind",
    "Faults",
    "Logged",
    "Options",
    "Sandbox",
    "Server",
    "Store",
    "open_sandbox",
    "serve",
]
