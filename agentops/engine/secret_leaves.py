"""Secrets inside values that nobody could know yet."""

from collections.abc import Callable, Mapping

from agentops.domain.values import Secret, Value


def with_known(value: Value, other: Value) -> Value:
    """`value`, with secrets that have no digest taken from the same place in `other`, if that is the same variable's
    or one that was read. What was taken over without its secrets being known counts as right, until they change.
    """
    match value, other:
        case Secret(env, None, ""), Secret() if other.env in ("", env):
            return other
        case dict(), dict():
            return {key: with_known(item, other[key]) if key in other else item for key, item in value.items()}
        case list(), list() if len(value) == len(other):
            return [with_known(item, there) for item, there in zip(value, other, strict=True)]
    return value


def any_secret(value: Value, test: Callable[[Secret], bool]) -> bool:
    """Whether `value` holds a secret that passes."""
    match value:
        case Secret():
            return test(value)
        case Mapping():
            return any(any_secret(item, test) for item in value.values())
        case list():
            return any(any_secret(item, test) for item in value)
    return False
