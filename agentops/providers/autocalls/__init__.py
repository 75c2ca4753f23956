"""Autocalls, and the dialect that its brands share."""
