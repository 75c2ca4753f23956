"""The older dialect of Autocalls, as some white labels still speak it: old names on write, current names on read."""
