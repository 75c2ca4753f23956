"""Short ways to write the rows of a field table."""

from typing import Any

from agentops.domain.fields import Field, FieldTable, Reference, Type


def text(name: str, **traits: Any) -> Field:
    return Field(name=name, **traits)


def long_text(name: str, **traits: Any) -> Field:
    """A text that may stand in a file."""
    return Field(name=name, long_text=True, **traits)


def choice(name: str, *choices: str, **traits: Any) -> Field:
    return Field(name=name, choices=choices, **traits)


def flag(name: str, **traits: Any) -> Field:
    return Field(name=name, type=Type.BOOLEAN, **traits)


def whole(name: str, minimum: int, maximum: int, **traits: Any) -> Field:
    """An integer of the range, ends included."""
    return Field(name=name, type=Type.INTEGER, minimum=minimum, maximum=maximum, **traits)


def number(name: str, minimum: float, maximum: float, **traits: Any) -> Field:
    """A number of the range, ends included, that is kept with two decimals."""
    return Field(name=name, type=Type.NUMBER, minimum=minimum, maximum=maximum, places=2, **traits)


def reference(name: str, kind: str, wire: str, *, scope: str = "", **traits: Any) -> Field:
    return Field(name=name, type=Type.REFERENCE, wire=wire, ref=Reference(kind, scope), **traits)


def references(name: str, kind: str, wire: str, **traits: Any) -> Field:
    """A set of references; an empty one clears."""
    item = Field(name=name, type=Type.REFERENCE, ref=Reference(kind))
    return Field(name=name, type=Type.LIST, wire=wire, item=item, unordered=True, empties=True, **traits)


def list_of(name: str, item: Field, **traits: Any) -> Field:
    return Field(name=name, type=Type.LIST, item=item, **traits)


def object_of(name: str, *fields: Field, **traits: Any) -> Field:
    return Field(name=name, type=Type.OBJECT, table=FieldTable(name, fields), **traits)
