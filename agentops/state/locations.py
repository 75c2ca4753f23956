"""Where a remote state lies, as the project file says it: which store, and the name of the document in it."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from agentops.domain.errors import ProjectError
from agentops.state.documents import Documents

OBJECT_STORES: Final = {"s3": "bucket", "gs": "bucket", "az": "container"}
"""Scheme -> what its stores call the thing that holds objects."""

DATABASES: Final = ("postgresql", "postgres")

SCHEMES: Final = (*OBJECT_STORES, *DATABASES)


def scheme_of(location: str) -> str:
    """`s3` of `s3://bucket`; empty for a path."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", location)
    return found[1].lower() if found else ""


def refuse_mistyped(location: str) -> None:
    """Raises ProjectError for a path that is meant to be something else: a state in a new folder would know nothing."""
    found = re.match(r"([A-Za-z][A-Za-z0-9]*):/?(?!/)", location)
    if found and found[1].lower() in SCHEMES:
        raise ProjectError(
            f"the place of the state begins with {found[0]}, which is neither a folder nor a URL",
            hint=f"it is written {found[1].lower()}://...; a folder of that name would be ./{found[0]}...",
        )
    if re.match(r"~[^/]*(/|$)", location):
        raise ProjectError(
            "the place of the state begins with ~, which is not replaced by a home folder",
            hint="write the whole path, or one from the project folder on",
        )


def open_documents(location: str, *, project: str, environment: str) -> tuple[Documents, str]:
    """The store at a remote `location`, and the name of the environment's state in it. Nothing is connected yet.

    In an object store the location is that of one project, and the state is `<prefix>/<environment>.state`; in a
    database it is `<project>/<environment>`. Raises ProjectError for a location that is none, that holds a password, or
    whose library is not installed.
    """
    scheme = scheme_of(location)
    if scheme in OBJECT_STORES:
        return _objects(scheme, location, environment)
    if scheme in DATABASES:
        return _database(location), _checked(f"{project}/{environment}")
    raise ProjectError(
        f"{scheme}:// is no place for a state", hint=f"supported are {', '.join(f'{name}://' for name in SCHEMES)}"
    )


def _objects(scheme: str, location: str, environment: str) -> tuple[Documents, str]:
    form = f"{scheme}://{OBJECT_STORES[scheme]}/prefix"
    try:
        parts = urlsplit(location)
    except ValueError as exc:
        raise ProjectError("the place of the state is no URL", hint=f"it is written {form}") from exc
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ProjectError(
            f"a state in {scheme}:// is written {form}, with nothing else in it",
            hint="credentials and the endpoint come from environment variables: see docs/state.md",
        )
    # Stricter than any of the stores: what this lets through needs no quoting in a URL.
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", parts.netloc):
        raise ProjectError(f"{location} does not name a {OBJECT_STORES[scheme]}", hint=f"it is written {form}")
    folders = [unquote(part) for part in parts.path.split("/") if part]
    return _object_documents(scheme, parts.netloc), _checked("/".join([*folders, f"{environment}.state"]))


def _checked(name: str) -> str:
    """`name`, if every store can hold a document of this name: Azure, for one, turns backslashes round."""
    if not name.isprintable() or "\\" in name or {"", ".", ".."} & set(name.split("/")):
        raise ProjectError(
            f"no state can have the name {name!r}",
            hint="a name in it has a control character, a backslash, or is empty, '.' or '..'",
        )
    return name


def _object_documents(scheme: str, container: str) -> Documents:
    def build() -> Documents:
        from agentops.state.objects import ObjectDocuments

        return ObjectDocuments(scheme, container)

    return _with_extra("object-store", build)


def _database(location: str) -> Documents:
    def build() -> Documents:
        from agentops.state.postgres import PostgresDocuments

        return PostgresDocuments(location)

    return _with_extra("postgres", build)


def _with_extra(extra: str, build: Callable[[], Documents]) -> Documents:
    # The libraries are loaded here and not above: nobody with a local state has to have them.
    try:
        return build()
    except ImportError as exc:
        raise ProjectError(
            f"the library for this place of the state is not installed ({exc.name or exc})",
            hint=f"pip install 'agentops-reconciler[{extra}]'",
        ) from exc
