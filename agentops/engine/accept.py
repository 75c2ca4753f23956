"""A schema as a quick test that says yes to valid values; only what it refuses goes to the full validator.

Nearly every manifest is valid, and the full validator is made for telling what is wrong: it takes twenty times as
long. This knows just the keywords that the schemas of agentops use, and refuses to be made from others.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

Test: TypeAlias = Callable[[Any], bool]
Schema: TypeAlias = Mapping[str, Any]

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),  # exact types: neither true nor 600.0 is one
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_SAYINGS: Final = frozenset({"$schema", "title", "description", "definitions"})
_OF_STRINGS: Final = frozenset({"minLength", "maxLength", "pattern"})
_OF_NUMBERS: Final = frozenset({"minimum", "maximum"})
_OF_LISTS: Final = frozenset({"items", "minItems"})
_OF_MAPS: Final = frozenset(
    {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"}
)
_OF_ALL: Final = frozenset({"type", "const", "enum", "allOf", "anyOf", "if", "then", "$ref"})
_KNOWN: Final = _SAYINGS | _OF_STRINGS | _OF_NUMBERS | _OF_LISTS | _OF_MAPS | _OF_ALL


def acceptor(root: Schema) -> Test:
    """A test for values of the schema `root`. Raises ValueError for a schema with keywords that it does not know."""
    return _Compiler(root).test(root)


def ends_exactly(pattern: str) -> str:
    """`pattern` with a `$` that does not also match before a line end, which it does in Python only."""
    return re.sub(r"\$$", r"\\Z", pattern)


class _Compiler:
    """Makes tests of the parts of one schema; of each definition once."""

    def __init__(self, root: Schema) -> None:
        self._definitions: Schema = root.get("definitions", {})
        self._made: dict[str, Test] = {}

    def test(self, schema: Schema) -> Test:
        unknown = schema.keys() - _KNOWN
        if unknown:
            raise ValueError(f"no test is known for {', '.join(sorted(unknown))}")
        if "$ref" in schema:
            return self._definition(schema["$ref"].rpartition("/")[2])
        by_type = self._by_type(schema)
        others = tuple(self._for_any_type(schema))
        if not others:
            return lambda value: (check := by_type.get(type(value))) is not None and check(value)

        def test(value: Any) -> bool:
            check = by_type.get(type(value))
            return check is not None and check(value) and all(other(value) for other in others)

        return test

    def _definition(self, name: str) -> Test:
        if name not in self._made:
            # A definition that holds itself finds this while it is being made.
            self._made[name] = lambda value: self._made[name](value)
            self._made[name] = self.test(self._definitions[name])
        return self._made[name]

    def _by_type(self, schema: Schema) -> dict[type, Test]:
        """Python type -> the test for values of it; a type without entry is refused."""
        named = schema.get("type", list(_TYPES))
        names = [named] if isinstance(named, str) else named
        makers: dict[type, Callable[[Schema], Iterator[Test]]] = {
            str: _for_strings,
            int: _for_numbers,
            float: _for_numbers,
            list: self._for_lists,
            dict: self._for_maps,
        }
        types = [type_ for name in names for type_ in _TYPES[name]]
        return {type_: _all(tuple(makers[type_](schema)) if type_ in makers else ()) for type_ in types}

    def _for_any_type(self, schema: Schema) -> Iterator[Test]:
        if "const" in schema or "enum" in schema:
            choices = {(type(choice), choice) for choice in schema.get("enum", [schema.get("const")])}
            yield lambda value: type(value) not in (list, dict) and (type(value), value) in choices
        for part in schema.get("allOf", ()):
            yield self.test(part)
        if "anyOf" in schema:
            branches = tuple(self.test(part) for part in schema["anyOf"])
            yield lambda value: any(branch(value) for branch in branches)
        if "if" in schema:
            condition, consequence = self.test(schema["if"]), self.test(schema["then"])
            yield lambda value: not condition(value) or consequence(value)

    def _for_lists(self, schema: Schema) -> Iterator[Test]:
        if "minItems" in schema:
            least = schema["minItems"]
            yield lambda value: len(value) >= least
        if "items" in schema:
            item = self.test(schema["items"])
            yield lambda value: all(item(entry) for entry in value)

    def _for_maps(self, schema: Schema) -> Iterator[Test]:
        least, most = schema.get("minProperties", 0), schema.get("maxProperties")
        if least or most is not None:
            yield lambda value: least <= len(value) and (most is None or len(value) <= most)
        if "required" in schema:
            required = frozenset(schema["required"])
            yield lambda value: required <= value.keys()
        if "propertyNames" in schema:
            name = self.test(schema["propertyNames"])
            yield lambda value: all(name(key) for key in value)
        yield self._for_entries(schema)

    def _for_entries(self, schema: Schema) -> Test:
        tests = {key: self.test(part) for key, part in schema.get("properties", {}).items()}
        further = schema.get("additionalProperties", True)
        rest = self.test(further) if isinstance(further, Mapping) else _yes if further else _no

        def test(value: Any) -> bool:
            return all(tests.get(key, rest)(entry) for key, entry in value.items())

        return test


def _for_strings(schema: Schema) -> Iterator[Test]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if least or most is not None:
        yield lambda value: least <= len(value) and (most is None or len(value) <= most)
    if "pattern" in schema:
        search = re.compile(ends_exactly(schema["pattern"])).search
        yield lambda value: search(value) is not None


def _for_numbers(schema: Schema) -> Iterator[Test]:
    if _OF_NUMBERS & schema.keys():
        least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
        yield lambda value: least <= value <= most


def _all(tests: tuple[Test, ...]) -> Test:
    """One test for several."""
    if len(tests) < 2:
        return tests[0] if tests else _yes
    return lambda value: all(test(value) for test in tests)


def _yes(_: Any) -> bool:
    return True


def _no(_: Any) -> bool:
    return False
