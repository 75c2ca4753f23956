"""Nouns and rules of agentops: values without I/O, and the protocols that providers and state implement."""
