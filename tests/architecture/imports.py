"""Every import statement of the package, found by parsing: also those inside functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "agentops"


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`importer` names `imported` at `line`; `lazy` when that happens inside a function or for type checkers only."""

    importer: str
    imported: str
    line: int
    lazy: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def modules() -> dict[str, Path]:
    """Module name -> source file, for every module of the package."""
    return {_name_of(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


def imports() -> list[Import]:
    """All imports of all modules of the package, of its own modules and of others."""
    names = modules()
    found = (item for name, path in names.items() for item in _imports_of(name, path, frozenset(names)))
    return sorted(set(found))


def layer(module: str) -> str:
    """`agentops.engine.plan` -> `engine`; `agentops.__main__` and the package itself -> "" ."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (ROOT / PACKAGE / parts[1]).is_dir() else ""


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports_of(name: str, path: Path, own: frozenset[str]) -> Iterator[Import]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node, lazy in _walk(ast.parse(path.read_text(encoding="utf-8")), lazy=False):
        for imported in _targets(node, package, own):
            yield Import(name, imported, node.lineno, lazy)


def _walk(node: ast.AST, *, lazy: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom | ast.Call, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom | ast.Call):
            yield child, lazy
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_for_types(child)
        yield from _walk(child, lazy=lazy or inside)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _targets(node: ast.Import | ast.ImportFrom | ast.Call, package: str, own: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            base = module or ""
            if level:
                above = package.split(".")[: len(package.split(".")) - level + 1]
                base = ".".join([*above, *([module] if module else [])])
            for alias in names:
                whole = f"{base}.{alias.name}"
                yield whole if whole in own else base
        case ast.Call(args=[ast.Constant(value=str(text)), *_]) if ast.unparse(node.func).endswith("import_module"):
            yield text
