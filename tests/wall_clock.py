"""Where source adds to, subtracts from or orders datetimes, as far as annotations tell.

`at + timedelta(...)` and `end - start` of readings of one zone move the hands of a wall clock,
and `a < b` of two such readings does not see a repeated hour: the zone in which an instant is
told then changes an answer. Types are inferred from annotations alone: of arguments, of
attributes and properties of the package's own classes, of what its functions return.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

DATETIME = "datetime"
CONTAINERS = {
    *("Iterable", "Sequence", "Collection", "tuple", "list", "set", "frozenset", "Iterator"),
}
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def named(annotation: ast.expr | None) -> str | None:
    """The one type that an annotation names, None and quotes aside; `[X]` for many of X."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return named(ast.parse(annotation.value, mode="eval").body)
    if isinstance(annotation, ast.BinOp):
        sides = [named(side) for side in (annotation.left, annotation.right)]
        known = {side for side in sides if side not in (None, "None")}
        return known.pop() if len(known) == 1 else None
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return "None"
    if isinstance(annotation, ast.Name):
        return annotation.id
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        inner = annotation.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        kinds = {named(part) for part in parts if not is_ellipsis(part)}
        if annotation.value.id in CONTAINERS and len(kinds) == 1:
            return f"[{kinds.pop()}]"
    return None


def is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


class Package:
    """What the classes and functions of a package say of their types."""

    def __init__(self, root: Path) -> None:
        self.trees = {path: ast.parse(path.read_text("utf-8")) for path in root.rglob("*.py")}
        self.attributes: dict[str, dict[str, str]] = defaultdict(dict)
        self.bases: dict[str, list[str]] = {}
        self.functions: dict[str, set[str | None]] = defaultdict(set)
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self.read(node)
                elif isinstance(node, ast.FunctionDef):
                    self.functions[node.name].add(named(node.returns))

    def read(self, node: ast.ClassDef) -> None:
        self.bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                kind = named(part.annotation)
                # what a converter makes UTC is safe: two of them differ as instants do
                if kind and not (DATETIME in kind and "utc" in ast.unparse(part)):
                    self.attributes[node.name][part.target.id] = kind
            elif isinstance(part, ast.FunctionDef) and part.decorator_list:
                kind = named(part.returns)
                if kind and ast.unparse(part.decorator_list[0]) == "property":
                    self.attributes[node.name][part.name] = kind

    def attribute(self, owner: str | None, name: str) -> str | None:
        if owner is None:
            return None
        found = self.attributes.get(owner, {}).get(name)
        bases = (self.attribute(base, name) for base in self.bases.get(owner, ()))
        return found or next(filter(None, bases), None)


class Function:
    """The types of the names in one function."""

    def __init__(self, package: Package, node: ast.FunctionDef, owner: str | None) -> None:
        self.package, self.names = package, {}
        arguments = node.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self.names[one.arg] = owner if one.arg == "self" else named(one.annotation)
        for _ in range(2):  # a name may be used above where a loop sets it
            for part in ast.walk(node):
                self.bind(part)

    def bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            self.names.setdefault(node.targets[0].id, self.kind(node.value))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self.names[node.target.id] = named(node.annotation)
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            many = self.kind(node.iter)
            if many and many.startswith("["):
                self.names[node.target.id] = many[1:-1]

    def kind(self, node: ast.expr) -> str | None:  # noqa: PLR0911 - one answer a kind of node
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute(value=value, attr=name):
                return self.package.attribute(self.kind(value), name)
            case ast.Subscript(value=value):
                many = self.kind(value)
                return many[1:-1] if many and many.startswith("[") else None
            case ast.Call(func=ast.Name(id=name)):
                returned = self.package.functions.get(name, set())
                only = next(iter(returned)) if len(returned) == 1 else None
                return name if name in self.package.bases else only
            case ast.IfExp(body=body, orelse=other):
                return self.kind(body) or self.kind(other)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub()):
                return self.kind(left)
            case ast.BoolOp(values=values):
                return next(filter(None, map(self.kind, values)), None)
        return None


def wall_clock(root: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield each such expression: the module, its line and its text."""
    package = Package(root)
    for path, tree in package.trees.items():
        owners = {
            id(part): node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for part in node.body
        }
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                scope = Function(package, function, owners.get(id(function)))
                for node in ast.walk(function):
                    if suspicious(scope, node):
                        yield path, node.lineno, ast.unparse(node)


def suspicious(scope: Function, node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return DATETIME in (scope.kind(node.left), scope.kind(node.right))
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ORDER):
        sides = [node.left, *node.comparators]
        return any(
            DATETIME == scope.kind(one) == scope.kind(other) for one, other in pairwise(sides)
        )
    return False
