"""The error that stops a benchmark."""


class BenchError(Exception):
    """Something that is measured does not work; the message says what it said."""
