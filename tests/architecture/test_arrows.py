"""cli -> render, engine -> domain <- providers, state, forges; yamlio and domain on the ground; the sandbox alone."""

import pytest

from tests.architecture.imports import PACKAGE, Import, imports, layer, modules

ALLOWED = {
    "domain": set[str](),
    "yamlio": {"domain"},
    "engine": {"domain", "yamlio"},
    "render": {"domain"},
    "providers": {"domain"},
    "state": {"domain"},
    "forges": {"domain"},
    "sandbox": set[str](),
    "cli": {"domain", "yamlio", "engine", "render", "providers", "state", "forges", "sandbox"},
}
"""Layer -> the layers that it may know besides itself."""

LENT = {"forges": {"agentops.providers.rest.http", "agentops.providers.rest.body"}}
"""Layer -> single modules of others that it may use: there is one client of HTTP, and one reader of its answers."""

ALL = imports()
OWN = [item for item in ALL if item.imported.split(".")[0] == PACKAGE]


def test_every_folder_of_the_package_is_a_layer_with_arrows() -> None:
    folders = {layer(module) for module in modules()} - {""}
    assert folders == ALLOWED.keys()


@pytest.mark.parametrize("importer", sorted(ALLOWED))
def test_a_layer_knows_only_the_layers_below_it(importer: str) -> None:
    wrong = [item for item in OWN if layer(item.importer) == importer and not _is_allowed(item)]
    assert not wrong, "\n".join(map(str, wrong))


def test_nobody_but_the_command_line_knows_the_sandbox() -> None:
    wrong = [
        item for item in OWN if layer(item.imported) == "sandbox" and layer(item.importer) not in {"sandbox", "cli"}
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_yamlio_knows_of_the_domain_only_plain_values_and_faults() -> None:
    wrong = [
        item
        for item in OWN
        if layer(item.importer) == "yamlio"
        and layer(item.imported) == "domain"
        and item.imported not in {f"agentops.domain.{name}" for name in ("diagnostics", "errors", "values")}
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_the_package_itself_knows_only_the_command_line() -> None:
    wrong = [item for item in OWN if layer(item.importer) == "" and layer(item.imported) not in {"", "cli"}]
    assert not wrong, "\n".join(map(str, wrong))


def test_no_module_is_part_of_an_import_cycle() -> None:
    at_start = [item for item in OWN if not item.lazy]
    graph = {module: {item.imported for item in at_start if item.importer == module} for module in modules()}
    assert not _cycle(graph), " -> ".join(_cycle(graph))


def test_layers_do_not_depend_on_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in ALLOWED}
    for item in OWN:
        if layer(item.importer) and layer(item.imported) not in {"", layer(item.importer)}:
            graph[layer(item.importer)].add(layer(item.imported))
    assert not _cycle(graph), " -> ".join(_cycle(graph))


def _is_allowed(item: Import) -> bool:
    target = layer(item.imported)
    here = layer(item.importer)
    return target in {"", here} or target in ALLOWED[here] or item.imported in LENT.get(here, ())


def test_a_module_that_is_lent_is_used() -> None:
    used = {(layer(item.importer), item.imported) for item in OWN}
    assert {(layer, module) for layer, modules in LENT.items() for module in modules} <= used


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of the graph as a path that ends where it starts; empty if there is none."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for neighbour in sorted(graph.get(node, ())):
            if found := visit(neighbour, [*path, node]):
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := visit(node, []))), [])
