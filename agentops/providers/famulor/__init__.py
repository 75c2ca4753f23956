"""Famulor (Classic)."""
