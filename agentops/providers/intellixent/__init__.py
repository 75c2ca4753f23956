"""Intellixent."""
