"""Values written as YAML in every style that strict reading takes, as people and tools might leave it."""

from random import Random
from typing import Any

from agentops.yamlio.words import block_lines, double_quoted, is_plain, needs_number, single_quoted, word

REMARKS = ("# note", "#", "# key: value", "# - item", "#'", "# ünïcode 😀", '# "')


class Styles:
    """Writes values with choices that a seed makes."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._step = random.choice((2, 2, 2, 3, 4))
        self._flush = random.random() < 0.3
        self._flow = random.choice((0.0, 0.3, 0.9))
        self._remarks = random.choice((0.0, 0.3))
        self._keeps = not self._remarks  # blank lines would belong to a text that keeps its line breaks

    def file(self, value: dict[str, Any]) -> bytes:
        """A whole file."""
        lines = [*self._above(""), *(["---"] if self._chance(0.2) else []), *self._map(value, 0)]
        lines += ["", "# the end"] if self._chance(0.2) and not self._keeps else []
        newline = self._random.choice(("\n", "\n", "\r\n"))
        text = newline.join(lines) + ("" if self._chance(0.2) and not _ends_open(lines) else newline)
        return (b"\xef\xbb\xbf" if self._chance(0.2) else b"") + text.encode()

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _above(self, pad: str) -> list[str]:
        lines: list[str] = []
        while self._chance(self._remarks):
            lines.append(self._random.choice(("", *(pad + remark for remark in REMARKS))))
        return lines

    def _beside(self) -> str:
        return self._random.choice(("", " ", "  ")) + " " + self._random.choice(REMARKS) if self._chance(0.15) else ""

    def _map(self, value: dict[str, Any], column: int) -> list[str]:
        lines: list[str] = []
        for key, item in value.items():
            pad = " " * column
            mark = self._random.choice((f"{self._key(key)}:", f"{self._key(key)}:", f"{self._key(key)} :"))
            lines += [*self._above(pad), *self._behind(pad + mark, item, column)]
        return lines

    def _behind(self, mark: str, value: Any, column: int) -> list[str]:
        """The value behind a key."""
        if isinstance(value, dict | list) and value and not self._chance(self._flow):
            step = 0 if isinstance(value, list) and self._flush else self._step
            below = self._map(value, column + step) if isinstance(value, dict) else self._list(value, column + step)
            return [mark + self._beside(), *below]
        return self._scalar(mark, value, column)

    def _list(self, value: list[Any], column: int) -> list[str]:
        lines: list[str] = []
        pad, gap = " " * column, self._random.choice((2, 2, 4))
        for item in value:
            lines += self._above(pad)
            if isinstance(item, dict | list) and item and not self._chance(self._flow):
                inner = column + gap
                below = self._map(item, inner) if isinstance(item, dict) else self._list(item, inner)
                if below[0].startswith(" " * inner) and not below[0].lstrip().startswith("#"):
                    below[0] = pad + "-" + " " * (gap - 1) + below[0][inner:]
                else:
                    lines.append(pad + "-" + self._beside())
                lines += below
            else:
                lines += self._scalar(pad + "-", item, column)
        return lines

    def _scalar(self, mark: str, value: Any, column: int) -> list[str]:
        """A value without lines of its own, or a block text."""
        if isinstance(value, dict | list):
            first, *rest = self._flow_lines(value, column)
            lines = [f"{mark} {first}", *rest]
            lines[-1] += self._beside()
            return lines
        block = block_lines(value) if isinstance(value, str) else None
        if block and (self._keeps or block[0] != "+") and self._chance(0.7 if "\n" in value else 0.1):
            step = self._step if mark[-1] == ":" else 2
            number = str(step) if needs_number(value) or self._chance(0.1) else ""
            end, body = block
            return [
                f"{mark} |{number}{end}{self._beside()}",
                *(" " * (column + step) + line if line else "" for line in body),
            ]
        text = self._word(value, flow=False)
        if self._chance(0.05):
            return [mark + self._beside(), " " * (column + self._step) + text + self._beside()]
        return [f"{mark} {text}{self._beside()}"]

    def _flow_lines(self, value: Any, column: int) -> list[str]:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        parts = [self._flow_part(key, item) for key, item in value.items()] if isinstance(value, dict) else None
        parts = [self._flow_text(item) for item in value] if parts is None else parts
        if not parts or not self._chance(0.3):
            space = self._random.choice(("", " ")) if parts else ""
            return [
                opening
                + space
                + ", ".join(parts)
                + self._random.choice(("", "", ", " if parts else ""))
                + space
                + closing
            ]
        pad = " " * (column + 2 + self._step)
        lines = [pad + part + "," + self._beside() for part in parts]
        if self._chance(0.5):
            lines[-1] = pad + parts[-1] + self._beside()
        return [opening + self._beside(), *lines, " " * (column + 2) + closing]

    def _flow_part(self, key: str, item: Any) -> str:
        return f"{self._key(key, flow=True)}: {self._flow_text(item)}"

    def _flow_text(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(self._flow_part(key, item) for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._flow_text, value)) + "]"
        return self._word(value, flow=True)

    def _key(self, key: str, *, flow: bool = False) -> str:
        return self._word(key, flow=flow)

    def _word(self, value: Any, *, flow: bool) -> str:
        if not isinstance(value, str):
            return word(value)
        choices = [double_quoted(value)]
        if not any(letter in value for letter in "\n\r\t\u2028\u2029\ufeff\ufffe\uffff"):
            choices.append(single_quoted(value))
        if is_plain(value, flow=flow):
            choices += [value] * 3
        return self._random.choice(choices)


def _ends_open(lines: list[str]) -> bool:
    """Whether the file may end with a block text, which a missing line break would change."""
    return any("|" in line for line in lines)
