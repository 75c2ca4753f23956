"""The platforms, each behind the Provider protocol."""
