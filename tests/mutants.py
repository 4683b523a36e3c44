"""Mutants: a module with one operator, comparison, number, condition or result changed.

A mutant keeps the places of all it does not change, so its compiled functions can be told from
the whole ones by their names and lines.
"""

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}


def variants(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one case a kind of node
    """Each way to break one node."""

    def changed(**fields: object) -> ast.AST:
        other = copy.copy(node)
        for name, value in fields.items():
            setattr(other, name, value)
        return other

    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPS:
            yield changed(op=SWAPS[type(op)]())
        case ast.BoolOp(op=op):
            yield changed(op=SWAPS[type(op)]())
        case ast.Compare(ops=[first, *rest]) if type(first) in SWAPS:
            yield changed(ops=[SWAPS[type(first)](), *rest])
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield changed(test=ast.copy_location(ast.UnaryOp(ast.Not(), test), test))
        case ast.Constant(value=bool(value)):
            yield changed(value=not value)
        case ast.Constant(value=int(value) | float(value)):
            yield changed(value=value + 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield changed(value=ast.copy_location(ast.Constant(None), value))
        case ast.Name(id=name) if name in NAMES:
            yield changed(id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield changed(attr=NAMES[name])
        case ast.Break():
            yield ast.copy_location(ast.Continue(), node)
        case _:
            return


class Mutant:
    """A module with one node broken: where, in which statement, and what."""

    def __init__(self, path: Path, tree: ast.Module, spot: tuple[ast.stmt, ast.AST, ast.AST]):
        statement, node, broken = spot
        self.path, self.line, self.statement = path, node.lineno, statement.lineno
        self.change = f"{first_line(node)}  ->  {first_line(broken)}"

        class Break(ast.NodeTransformer):
            def visit(self, at: ast.AST) -> ast.AST:
                return broken if at is node else super().visit(at)

        whole = copy.deepcopy(tree, {id(node): node})
        self.tree = ast.fix_missing_locations(Break().visit(whole))

    @property
    def source(self) -> str:
        return ast.unparse(self.tree)


def first_line(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def mutable(
    node: ast.AST, statement: ast.stmt | None = None
) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """Every node within a function that runs, with the statement it is in; no annotations."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            ):
                continue
            inner = statement
            if isinstance(child, ast.stmt) and (
                statement is not None or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            ):
                inner = child
            if inner is not None:
                yield inner, child
            yield from mutable(child, inner)


def sample(paths: list[Path], size: int, seed: int) -> tuple[list[Mutant], int]:
    """A seeded sample of the mutants of some modules, in their order, and how many there are."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    spots = [
        (path, (statement, node, broken))
        for path, tree in trees.items()
        for statement, node in mutable(tree)
        for broken in variants(node)
    ]
    dice = random.Random(f"{seed} {' '.join(path.stem for path in paths)}")  # noqa: S311 - a sample, no secret
    chosen = sorted(dice.sample(range(len(spots)), min(size, len(spots))))
    return [Mutant(spots[k][0], trees[spots[k][0]], spots[k][1]) for k in chosen], len(spots)


class Watched(ast.NodeTransformer):
    """A module in which each statement of a function says that it runs, by its line."""

    def __init__(self, path: Path, call: str) -> None:
        self.path, self.call, self.depth = path, call, 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's name

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if self.depth:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                    setattr(node, name, [new for old in block for new in self.watched(old)])
        return node

    def watched(self, statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.Nonlocal | ast.Global):
            return [statement]
        place = [ast.Constant(str(self.path)), ast.Constant(statement.lineno)]
        call = ast.Call(ast.Name(self.call, ast.Load()), [ast.Tuple(place, ast.Load())], [])
        say = ast.copy_location(ast.Expr(call), statement)
        return [ast.fix_missing_locations(say), statement]
