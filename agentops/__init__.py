"""agentops: Terraform for AI phone assistants."""

__version__ = "0.1.0"
