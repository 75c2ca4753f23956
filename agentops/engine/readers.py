"""Which files an environment reads: its manifests, and the texts that these take from files of their own."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath

from agentops.domain.values import Value
from agentops.engine.load import load


def files_of(root: FilePath, manifests: Sequence[str]) -> frozenset[str]:
    """The paths, relative to the project folder `root`; what cannot be read counts as well, as far as it is named."""
    documents, _ = load(root, manifests)
    texts = {
        posixpath.normpath(posixpath.join(posixpath.dirname(document.path), name))
        for document in documents
        for name in _named(document.value)
    }
    return frozenset({document.path for document in documents} | texts)


def _named(value: Value) -> Iterator[str]:
    """The file of every `{file: ...}`."""
    match value:
        case {"file": str(name), **rest} if not rest:
            yield name
        case Mapping():
            for item in value.values():
                yield from _named(item)
        case list():
            for item in value:
                yield from _named(item)
