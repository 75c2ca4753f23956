"""A YAML file in canonical style: two spaces, keys in order, quotes where readers need them; comments travel along."""

from collections.abc import Iterator

from agentops.domain.errors import AgentopsError
from agentops.domain.values import Path
from agentops.yamlio.comments import Comments, Line, comments_of
from agentops.yamlio.order import Order, in_order, no_order
from agentops.yamlio.read import YamlFile, read
from agentops.yamlio.scalars import plain_value
from agentops.yamlio.splice import same
from agentops.yamlio.tree import BREAK, Entry, Form, Node, block_indent, line_end, line_end_of_header, tree_of
from agentops.yamlio.words import LONGEST_KEY, double_quoted, is_misread, key_word, needs_number, quoted

STEP = 2


class StyleError(AgentopsError):
    """A file that would not mean the same any more; that is a fault of ours, and the file stays as it is."""


def styled(file: YamlFile, order: Order = no_order) -> str:
    """The whole text of `file` in canonical style, with its line ends and its byte order mark.

    A list or map between brackets stays there if it is written on one line. Raises StyleError rather than returning a
    text that means something else, or lacks a comment.
    """
    root = tree_of(file.text, file.parser)
    comments = comments_of(file.text, root)
    before = comments.texts()
    newline = BREAK.search(file.text)
    text = "".join(line + (newline[0] if newline else "\n") for line in _Printer(file, comments, order).document(root))
    if text != file.text:
        _check(file, text, before)
    return "\ufeff" + text if file.has_mark else text


def _check(file: YamlFile, text: str, comments: list[str]) -> None:
    again, _ = read(text.encode(), file.path, parser=file.parser)
    if again is not None and same(again.value, file.value):
        found = comments_of(text, tree_of(text, file.parser)).texts()
        if found == comments:
            return
    raise StyleError(f"{file.path} cannot be formatted without changing what it says", hint="please report this file")


class _Kept(str):
    """The last line of a block text that keeps its line breaks: a blank line below it would be part of the text."""

    __slots__ = ()


class _Printer:
    """Prints the nodes of one file as lines."""

    def __init__(self, file: YamlFile, comments: Comments, order: Order) -> None:
        self._text = file.text
        self._comments = comments
        self._order = order

    def document(self, root: Node) -> list[str]:
        """All lines of the file."""
        self._give_last_group(in_order(root, self._order(()))[0], root.entries[0])
        head, below = _spaced(self._comments.head, ""), _spaced(self._comments.below, "")
        marker = [self._comments.marker] if self._comments.marker else []
        top = [*head, *marker, *below]
        lines = self._block(root, 0, ())
        if not top or (top[-1] == "" and lines[0] == ""):
            lines = _without_first_blank(lines)
        lines = _without_first_blank([*top, *lines])
        return [line for above, line in zip(["", *lines], lines, strict=False) if line or not isinstance(above, _Kept)]

    def _give_last_group(self, first: Entry, written_first: Entry) -> None:
        """Let what stands right above the first key, below a blank line, belong to it; the rest is about the file."""
        lines = self._comments.below if self._comments.marker else self._comments.head
        start = next((index for index in range(len(lines) - 1, 0, -1) if lines[index].blank), 0)
        if start and lines[-1].text:
            self._comments.of(written_first).above[:0] = lines[start:]
            del lines[start:]
        notes = self._comments.of(first)
        if notes.above and (self._comments.head or self._comments.below):
            notes.above[0] = Line(notes.above[0].text, blank=True)  # else it would become a part of that

    def _block(self, node: Node, at: int, path: Path) -> list[str]:
        """The lines of a map or list whose keys or dashes stand at column `at`; the first may be blank."""
        lines: list[str] = []
        if node.form is Form.MAP:
            for entry in in_order(node, self._order(path)):
                lines += self._pair(entry, at, (*path, entry.key or ""))
        else:
            for index, entry in enumerate(node.entries):
                lines += self._item(entry, at, (*path, index))
        return [*lines, *_spaced(self._comments.tail(node), " " * at)]

    def _above(self, entry: Entry, at: int) -> list[str]:
        notes = self._comments.of(entry)
        return [*_spaced(notes.above, " " * at), *([""] if notes.blank else [])]

    def _pair(self, entry: Entry, at: int, path: Path) -> list[str]:
        key = self._key(entry)
        if len(key) > LONGEST_KEY:
            return self._marked(entry, at, path, [f"{' ' * at}? {key}"], " " * at + ":")
        return self._marked(entry, at, path, [], f"{' ' * at}{key}:")

    def _marked(self, entry: Entry, at: int, path: Path, key_lines: list[str], mark: str) -> list[str]:
        """A key and its value, or an item whose value does not begin behind its dash."""
        above, beside = self._above(entry, at), self._comments.of(entry).beside
        node = entry.node
        mark += f" &{node.anchor}" if node.anchor and node.form is not Form.ALIAS else ""
        if self._is_block(node):
            below = _without_first_blank(self._block(node, at + STEP, path))
            return [*above, *key_lines, _with_comment(mark, beside), *below]
        first, *rest = self._inline(entry, at, path)
        if node.is_block_text or not rest:
            return [*above, *key_lines, _with_comment(f"{mark} {first}", beside), *rest]
        rest[-1] = _with_comment(rest[-1], beside)
        return [*above, *key_lines, f"{mark} {first}", *rest]

    def _item(self, entry: Entry, at: int, path: Path) -> list[str]:
        node, notes = entry.node, self._comments.of(entry)
        if not self._is_block(node) or node.anchor:
            return self._marked(entry, at, path, [], " " * at + "-")
        if notes.beside:  # the line belongs to the first key
            notes.above.append(Line(notes.beside, notes.blank))
            notes.beside, notes.blank = "", False
        inner = _without_first_blank(self._block(node, at + STEP, path))
        lead = list(_lead(inner))
        first, *rest = inner[len(lead) :]
        pad = " " * at
        return [
            *self._above(entry, at),
            *(pad + line.lstrip() if line else "" for line in lead),
            f"{pad}- {first[at + STEP :]}",
            *rest,
        ]

    def _is_block(self, node: Node) -> bool:
        """Whether it gets lines of its own: all that has some already."""
        if node.form not in (Form.MAP, Form.LIST) or not node.entries:
            return False
        return not node.is_flow or BREAK.search(self._text, node.content, node.end) is not None

    def _inline(self, entry: Entry, at: int, path: Path) -> list[str]:
        """A value that begins behind its key or dash, at column `at`."""
        node = entry.node
        if node.is_block_text:
            return self._block_text(node, at)
        if node.form is Form.SCALAR and BREAK.search(self._text, node.content, node.end):
            return self._long_word(node, at)
        return [self._flow(node, path)]

    def _flow(self, node: Node, path: Path) -> str:
        """A value on one line."""
        if node.form is Form.ALIAS:
            return f"*{node.anchor}"
        if node.form is Form.SCALAR:
            return self._word(node)
        if node.form is Form.MAP:
            pairs = (self._flow_pair(entry, path) for entry in in_order(node, self._order(path)))
            return "{" + ", ".join(pairs) + "}"
        items = (self._anchored(entry.node, (*path, index)) for index, entry in enumerate(node.entries))
        return "[" + ", ".join(items) + "]"

    def _flow_pair(self, entry: Entry, path: Path) -> str:
        key = self._key(entry)
        return f"{key}: {self._anchored(entry.node, (*path, entry.key or ''))}"

    def _anchored(self, node: Node, path: Path) -> str:
        text = self._flow(node, path)
        return f"&{node.anchor} {text}" if node.anchor and node.form is not Form.ALIAS else text

    def _key(self, entry: Entry) -> str:
        key = entry.key or ""
        source = self._text[entry.key_start : entry.key_end]
        if entry.key_style in ("|", ">") or BREAK.search(source):
            return key_word(key, like='"')
        if not entry.key_style:
            return key_word(key, like='"') if len(key) > 1 and is_misread(key) else source
        return _requoted(source, key, entry.key_style)

    def _word(self, node: Node) -> str:
        source = self._text[node.content : node.end]
        if node.style:
            return _requoted(source, node.text, node.style)
        return quoted(node.text) if _is_misread_text(node.text) else source

    def _long_word(self, node: Node, at: int) -> list[str]:
        """A plain or quoted text over several lines."""
        if not node.style and _is_misread_text(node.text):
            return [quoted(node.text)]
        first, *rest = BREAK.split(self._text[node.content : node.end])
        pad = " " * (at + STEP)
        return [first.rstrip(" \t"), *(pad + line.strip(" \t") if line.strip(" \t") else "" for line in rest)]

    def _block_text(self, node: Node, at: int) -> list[str]:
        """A block text, its lines as far in as they belong."""
        header_end = line_end_of_header(self._text, node.content)
        first_line_end = line_end(self._text, header_end)
        lines = BREAK.split(self._text[first_line_end : node.end])[1:] if node.end > first_line_end else []
        indent = block_indent(lines, node.text)
        body = [line[indent:] if len(line) > indent else "" for line in lines]
        end = "".join(mark for mark in self._text[node.content : header_end] if mark in "+-")
        if not node.text.endswith("\n") and (node.text or end == "+"):
            end = "-"  # the line break that the file lacks would be added to the text
        number = str(STEP) if needs_number(node.text) else ""
        pad = " " * (at + STEP)
        written = [pad + line if line else "" for line in body]
        if end == "+":
            written[-1] = _Kept(written[-1])
        return [f"{node.style}{number}{end}", *written]


def _is_misread_text(text: str) -> bool:
    return isinstance(plain_value(text), str) and is_misread(text)


def _requoted(source: str, text: str, style: str) -> str:
    """A quoted word in double quotes, unless that needs escapes."""
    plain = f'"{text}"'
    return plain if style == "'" and double_quoted(text) == plain else source


def _with_comment(line: str, comment: str) -> str:
    return f"{line} {comment}" if comment else line


def _spaced(lines: list[Line], pad: str) -> Iterator[str]:
    for line in lines:
        if line.blank:
            yield ""
        yield pad + line.text if line.text else ""


def _without_first_blank(lines: list[str]) -> list[str]:
    return lines[1:] if lines and not lines[0] else lines


def _lead(lines: list[str]) -> Iterator[str]:
    """The comment lines before the first key of an item, and the blank lines between."""
    for line in lines:
        if line and not line.lstrip(" ").startswith("#"):
            return
        yield line
