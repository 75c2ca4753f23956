"""The one rule by which a name in a manifest finds its item in a catalog, and an ID its name (FIELDS, section 2)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.catalog import Catalog, CatalogItem, CatalogKey, Qualifier
from agentops.domain.diagnostics import Severity
from agentops.domain.platform import Platform
from agentops.domain.values import Path, RemoteId
from agentops.engine.names import Index, Test, did_you_mean, either, fold, noun, plain, query_of

_E164: Final = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_SHOWN: Final = 8
"""How many candidates a message lists."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one reference; `path` is relative to it."""

    code: str
    message: str
    hint: str = ""
    path: Path = ()
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Match:
    """What a reference means. `item` is None when it means nothing, or several things: `faults` say why."""

    query: str
    item: CatalogItem | None
    faults: tuple[Fault, ...] = ()


class Matcher:
    """All catalogs of a run, indexed once; equal questions are answered once."""

    def __init__(self, platform: Platform, catalogs: Mapping[CatalogKey, Catalog]) -> None:
        self._platform = platform
        self._catalogs = catalogs
        self._indexes: dict[CatalogKey, Index] = {}
        self._answers: dict[tuple[CatalogKey, object], Match] = {}

    def match(self, key: CatalogKey, written: object) -> Match:
        """What `written` (a text, or a map with `name` or `id`) means in the catalog `key`.

        Raises KeyError when the platform has no such kind or the catalog was not fetched.
        """
        question = (key, written if isinstance(written, str) else json.dumps([written], sort_keys=True, default=str))
        answer = self._answers.get(question)
        if answer is None:
            answer = self._answers[question] = self._find(key, written)
        return answer

    def reference_for(self, key: CatalogKey, id_: RemoteId, like: object = None) -> object:
        """How a manifest refers to the item: its name, else with qualifiers until that is unique, else its ID.

        If `like` is a map with a name, the same keys are used as far as they do.
        """
        index = self.index(key) if key in self._catalogs else None
        item = None if index is None else index.catalog.by_id.get(id_)
        if index is None or item is None:
            return {"id": id_}
        if index.kind.numbers and _is_bad_number(item.name):
            return self._id_form(index, item)
        if isinstance(like, Mapping) and "name" in like and (same := self._like(index, item, like)):
            return same
        if index.candidates(item.name) == (item,):
            return item.name
        form: dict[str, object] = {"name": item.name}
        tests: list[Test] = []
        for qualifier in index.kind.qualifiers:
            value = item.properties.get(qualifier.name)
            if value is None:
                continue
            form[qualifier.name] = self._spelling(qualifier, item)
            tests.append(_has(qualifier.name, value))
            if index.candidates(item.name, tests) == (item,):
                return form
        return self._id_form(index, item)

    def _like(self, index: Index, item: CatalogItem, like: Mapping[str, object]) -> dict[str, object] | None:
        """The item by its name and the qualifiers in `like`; None if that does not mean it."""
        known = {qualifier.name: qualifier for qualifier in index.kind.qualifiers}
        names = [name for name in like if name != "name"]
        if any(name not in known or item.properties.get(name) is None for name in names):
            return None
        tests = [_has(name, item.properties[name]) for name in names]
        if index.candidates(item.name, tests) != (item,):
            return None
        return {key: item.name if key == "name" else self._spelling(known[key], item) for key in like}

    def _id_form(self, index: Index, item: CatalogItem) -> dict[str, object]:
        """The way out: the ID as the platform calls it, with qualifiers until it is unique."""
        form: dict[str, object] = {"id": _platform_id(index, item)}
        for qualifier in index.kind.qualifiers if index.kind.id_property else ():
            if len(self._with_id(index, form)) == 1:
                break
            if item.properties.get(qualifier.name) is not None:
                form[qualifier.name] = self._spelling(qualifier, item)
        return form

    def _with_id(self, index: Index, form: Mapping[str, object]) -> list[CatalogItem]:
        tests, _ = self._tests(index, {key: value for key, value in form.items() if key != "id"})
        return [
            item
            for item in index.catalog.items
            if _is_id(_platform_id(index, item), form["id"]) and all(test(item) for test in tests)
        ]

    def index(self, key: CatalogKey) -> Index:
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = Index(self._catalogs[key], self._platform.catalog_by_name[key[0]])
        return index

    def _find(self, key: CatalogKey, written: object) -> Match:
        query, index = query_of(written), self.index(key)
        if not isinstance(written, Mapping):
            return self._by_name(index, key, query, str(written), {})
        if "id" in written:
            return self._by_id(index, key, query, written)
        if not isinstance(written.get("name"), str):
            return Match(query, None, (Fault("reference-form", f"{query} is no reference", _FORMS),))
        return self._by_name(index, key, query, written["name"], {k: v for k, v in written.items() if k != "name"})

    def _by_id(self, index: Index, key: CatalogKey, query: str, written: Mapping[str, object]) -> Match:
        id_ = written["id"]
        if index.kind.id_property:
            found = self._with_id(index, written)
        else:
            item = index.catalog.by_id.get(id_) if isinstance(id_, int | str) and not isinstance(id_, bool) else None
            found = [item] if item is not None and type(item.id) is type(id_) else []
        if len(found) == 1:
            return Match(query, found[0])
        if found:
            return Match(query, None, (self._ambiguous(index, key, str(id_), found),))
        message = f"{self._platform.title} has no {noun(index.kind.name)} with the ID {id_}"
        return Match(query, None, (Fault("unknown-id", message, self._catalog_hint(index), ("id",)),))

    def _by_name(self, index: Index, key: CatalogKey, query: str, name: str, given: Mapping[str, object]) -> Match:
        if index.kind.numbers and _is_bad_number(name):
            return Match(query, None, (_bad_number(name),))
        tests, faults = self._tests(index, given)
        if any(fault.severity is Severity.ERROR for fault in faults):
            return Match(query, None, faults)
        found = index.candidates(name, tests)
        if len(found) == 1:
            return Match(query, found[0], faults)
        fault = self._ambiguous(index, key, name, found) if found else self._unknown(index, key, name, given)
        return Match(query, None, (*faults, fault))

    def _tests(self, index: Index, given: Mapping[str, object]) -> tuple[list[Test], tuple[Fault, ...]]:
        tests: list[Test] = []
        faults: list[Fault] = []
        known = {qualifier.name: qualifier for qualifier in index.kind.qualifiers}
        for name, value in given.items():
            if name not in known:
                hint = f"known are: {', '.join(known)}" if known else f"a {noun(index.kind.name)} has only its name"
                faults.append(Fault("unknown-qualifier", f"{name!r} selects no {noun(index.kind.name)}", hint, (name,)))
            elif not index.has_property(name):
                text = f"{self._platform.title} does not say the {name} of its {noun(index.kind.name)}s"
                hint = "the qualifier is passed over"
                faults.append(Fault("qualifier-passed-over", text, hint, (name,), Severity.WARNING))
            elif known[name].ref:
                meant = self.match((known[name].ref, ""), value)
                faults += [_below(fault, name) for fault in meant.faults]
                tests.append(_has(name, None if meant.item is None else meant.item.id))
            else:
                tests.append(_has(name, value))
        return tests, tuple(faults)

    def _ambiguous(self, index: Index, key: CatalogKey, name: str, found: Sequence[CatalogItem]) -> Fault:
        telling = self._telling(index, found)
        shown = [self._described(index, item, telling) for item in found[:_SHOWN]]
        more = [f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        message = f"{self._platform.title} has {len(found)} {noun(index.kind.name)}s named {plain(name)!r}: "
        way = self.reference_for(key, found[0].id)
        ways = [query_of(way)] if isinstance(way, Mapping) and "id" not in way else []
        hint = f"say which, like {either([*ways, query_of(self._id_form(index, found[0]))])}"
        return Fault("ambiguous-name", message + "; ".join(shown + more), hint)

    def _telling(self, index: Index, found: Sequence[CatalogItem]) -> tuple[Qualifier, ...]:
        """The qualifiers that tell the candidates apart."""
        return tuple(q for q in index.kind.qualifiers if len({repr(item.properties.get(q.name)) for item in found}) > 1)

    def _described(self, index: Index, item: CatalogItem, qualifiers: Sequence[Qualifier]) -> str:
        told = [
            f"{q.name}: {query_of(self._spelling(q, item))}"
            for q in qualifiers
            if item.properties.get(q.name) is not None
        ]
        return f"{item.name} ({', '.join([f'id: {_platform_id(index, item)}', *told])})"

    def _spelling(self, qualifier: Qualifier, item: CatalogItem) -> object:
        value = item.properties[qualifier.name]
        if not qualifier.ref or not isinstance(value, int | str):
            return value
        return self.reference_for((qualifier.ref, ""), value)

    def _unknown(self, index: Index, key: CatalogKey, name: str, given: Mapping[str, object]) -> Fault:
        what, scope = noun(index.kind.name), f" for {key[1]}" if key[1] else ""
        message = f"{self._platform.title} has no {what} named {plain(name)!r}{scope}"
        named = index.candidates(name)
        if not named:
            return Fault("unknown-name", message, did_you_mean(index.nearest(name)) or self._catalog_hint(index))
        asked = ", ".join(f"{key} {query_of(value)}" for key, value in given.items())
        telling = tuple(qualifier for qualifier in index.kind.qualifiers if qualifier.name in given)
        there = "; ".join(self._described(index, item, telling) for item in named[:_SHOWN])
        return Fault("unknown-name", f"{message} with {asked}", f"there is {there}")

    def _catalog_hint(self, index: Index) -> str:
        return f"`agentops catalog {index.kind.name}` lists what the account has"


_FORMS: Final = "write a name, {name: ..., and what tells it apart}, or {id: ...}"


def _platform_id(index: Index, item: CatalogItem) -> object:
    return item.properties[index.kind.id_property] if index.kind.id_property else item.id


def _is_id(id_: object, written: object) -> bool:
    return type(id_) is type(written) and id_ == written


def _has(name: str, wanted: object) -> Test:
    if isinstance(wanted, str):
        folded = fold(wanted)
        return lambda item: isinstance(value := item.properties.get(name), str) and fold(value) == folded
    return lambda item: (
        type(value := item.properties.get(name)) is type(wanted) and value is not None and value == wanted
    )


def _is_bad_number(text: str) -> bool:
    number = plain(text)
    return number.startswith("+") and _E164.fullmatch(number) is None


def _bad_number(text: str) -> Fault:
    digits = "+" + re.sub(r"\D", "", text)
    hint = f"write {digits}" if _E164.fullmatch(digits) else "a plus sign, the country code, then digits only"
    return Fault("invalid-number", f"{plain(text)!r} is no plain E.164 number", hint)


def _below(fault: Fault, name: str) -> Fault:
    return Fault(fault.code, fault.message, fault.hint, (name, *fault.path), fault.severity)
