"""The expressions of GitHub workflows, as far as ours need them ("Evaluate expressions in workflows and actions").

Anything else is an error: what is not known here is not guessed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>&&|\|\||==|!=|[!()]))")
_BLOCK = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class ExpressionError(Exception):
    """It is none of the expressions that are known."""


@dataclass(frozen=True)
class Scope:
    """What an expression can look at. `functions` answer success(), failure() and so on."""

    contexts: Mapping[str, Any]
    functions: Mapping[str, Callable[[], bool]]


def filled(text: str, scope: Scope) -> str:
    """The text with every ${{ ... }} evaluated."""
    return _BLOCK.sub(lambda found: as_text(evaluate(found[1], scope)), text)


def condition(text: str, scope: Scope) -> bool:
    """The value of an `if:`; without a function that looks at the status, success() is understood."""
    whole = _BLOCK.fullmatch(text.strip())
    inner = whole[1] if whole else text
    if "${{" in inner:
        raise ExpressionError(f"a condition that is partly a text: {text}")
    asks = re.search(r"\b(success|failure|always|cancelled)\(\)", inner)
    return bool(evaluate(inner, scope)) and (bool(asks) or scope.functions["success"]())


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def evaluate(text: str, scope: Scope) -> Any:
    tokens = _tokens(text)
    value = _Parser(tokens, scope).alternatives()
    if tokens:
        raise ExpressionError(f"what is {tokens[0][1]!r} in {text!r}?")
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ExpressionError(f"cannot read {text[position:]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


@dataclass
class _Parser:
    """Evaluates while it reads; both sides of an operator are always read."""

    tokens: list[tuple[str, str]]
    scope: Scope

    def alternatives(self) -> Any:
        value = self.conjunction()
        while self._took("||"):
            other = self.conjunction()
            value = value or other
        return value

    def conjunction(self) -> Any:
        value = self.comparison()
        while self._took("&&"):
            other = self.comparison()
            value = value and other
        return value

    def comparison(self) -> Any:
        value = self.operand()
        for sign, wanted in (("==", True), ("!=", False)):
            if self._took(sign):
                return _equal(value, self.operand()) is wanted
        return value

    def operand(self) -> Any:
        if self._took("!"):
            return not self.operand()
        if self._took("("):
            value = self.alternatives()
            if not self._took(")"):
                raise ExpressionError("a bracket is not closed")
            return value
        if not self.tokens:
            raise ExpressionError("the expression ends too early")
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind != "name":
            raise ExpressionError(f"unexpected {word!r}")
        return self._call(word) if self._took("(") else self._look_up(word)

    def _call(self, name: str) -> bool:
        if name not in self.scope.functions or not self._took(")"):
            raise ExpressionError(f"unknown function {name}")
        return self.scope.functions[name]()

    def _look_up(self, name: str) -> Any:
        first, *path = name.split(".")
        if first not in self.scope.contexts:
            raise ExpressionError(f"unknown context {first} in {name}")
        value = self.scope.contexts[first]
        for part in path:
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def _took(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            del self.tokens[0]
            return True
        return False


def _equal(left: Any, right: Any) -> bool:
    """Texts are equal whatever their case; nothing is equal to the empty text."""
    return as_text(left).casefold() == as_text(right).casefold()
