"""A toy platform."""
