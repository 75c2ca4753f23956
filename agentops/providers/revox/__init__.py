"""Revox: its assistants, and the phone numbers that its customers own."""
