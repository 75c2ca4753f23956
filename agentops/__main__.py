"""`python -m agentops`."""

from agentops.cli.main import main

main()
