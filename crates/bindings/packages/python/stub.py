"""Writes the stub of the generated module, which type checkers read in its place.

UniFFI makes the variants of an enum and of an error subclasses only at run time, and leaves the fields of
errors and some results without a type. Usage: `python3 stub.py digital_key.py digital_key.pyi`
"""

import ast
import pathlib
import sys

HEAD = """# Written by stub.py.

import asyncio
import datetime
import enum
import typing

from ._views import Views
from ._vin import Vin

"""

# The types that the readers of UniFFI return, where they have other names.
READ_TYPES = {"String": "str", "Boolean": "bool", "Bytes": "bytes", "Duration": "datetime.timedelta"}


def read_type(call: ast.expr) -> str:
    """The type that an expression such as `_UniffiFfiConverterString.read(buf)` returns."""
    name = ast.unparse(call).removeprefix("_UniffiFfiConverter").removesuffix(".read(buf)")
    if name.startswith("Optional"):
        return f"typing.Optional[{plain_type(name.removeprefix('Optional'))}]"
    if name.startswith("Sequence"):
        return f"typing.List[{plain_type(name.removeprefix('Sequence'))}]"
    return plain_type(name)


def plain_type(name: str) -> str:
    if name.startswith(("UInt", "Int")):
        return "int"
    return READ_TYPES.get(name, name.removeprefix("Type"))


def function(node: ast.FunctionDef | ast.AsyncFunctionDef, indent: str) -> str:
    """The signature, without documentation and values."""
    arguments = node.args
    arguments.defaults = [ast.Constant(...) for _ in arguments.defaults]
    arguments.kw_defaults = [it and ast.Constant(...) for it in arguments.kw_defaults]
    decorators = "".join(f"{indent}@{ast.unparse(it)}\n" for it in node.decorator_list)
    start = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = ast.unparse(node.returns) if node.returns else "None"
    return f"{decorators}{indent}{start} {node.name}({ast.unparse(arguments)}) -> {returns}: ...\n"


def fields(init: ast.FunctionDef) -> dict[str, str]:
    """The fields that a constructor sets from its arguments, with their types."""
    arguments = [*init.args.args[1:], *init.args.kwonlyargs]
    set_fields = {ast.unparse(it) for it in ast.walk(init) if isinstance(it, ast.Attribute)}
    return {
        it.arg: ast.unparse(it.annotation) if it.annotation else "typing.Any"
        for it in arguments
        if f"self.{it.arg}" in set_fields
    }


def set_types(class_node: ast.ClassDef, kinds: list[str]) -> None:
    """Gives the constructor of a variant the types of its fields."""
    for init in (it for it in class_node.body if isinstance(it, ast.FunctionDef)):
        if init.name == "__init__" and kinds:
            if init.args.vararg:
                init.args.vararg = None
                init.args.args += [ast.arg(f"value_{number}") for number, _ in enumerate(kinds)]
            for argument, kind in zip(init.args.args[1:], kinds, strict=True):
                argument.annotation = argument.annotation or ast.parse(kind, mode="eval").body
        elif init.name == "__getitem__" and len(kinds) == 1:
            init.args.args[1].annotation = ast.Name("int")
            init.returns = ast.parse(kinds[0], mode="eval").body


def class_stub(node: ast.ClassDef, names: set[str], indent: str = "", base: str = "") -> str:
    bases = [ast.unparse(it) for it in node.bases]
    bases = [base] if base else [it for it in bases if it in names or "." in it or it == "Exception"]
    body = ""
    inner = indent + "    "
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            body += class_stub(item, names, inner, base=node.name)
        elif isinstance(item, ast.Assign) and "enum.Enum" in bases:
            body += f"{inner}{ast.unparse(item)}\n"
        elif isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if item.name == "__init__" and isinstance(item, ast.FunctionDef):
                body += "".join(f"{inner}{name}: {kind}\n" for name, kind in fields(item).items())
            if item.name == "__init__" and item.args.kwarg:
                # An object that the core alone makes.
                body += f"{inner}def __init__(self, _: typing.Never) -> None: ...\n"
            elif item.name == "__init__" or item.name[0] != "_" or item.returns and item.args.args[1:]:
                body += function(item, inner)
    if node.name == "DigitalKeyApp":
        body += f"{inner}def views(self) -> Views: ...\n"
    head = f"{indent}class {node.name}({', '.join(bases)}):" if bases else f"{indent}class {node.name}:"
    return f"{head}\n{body}" if body else f"{head} ...\n"


def variant_fields(module: ast.Module) -> dict[str, list[str]]:
    """The types of the fields of each variant, such as `WalletError.Unavailable`."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == "read":
            for call in (it.value for it in ast.walk(node) if isinstance(it, ast.Return)):
                if isinstance(call, ast.Call):
                    found[ast.unparse(call.func)] = [read_type(it) for it in call.args]
    return found


def stub(source: str) -> str:
    module = ast.parse(source)
    exported = next(
        ast.literal_eval(it.value)
        for it in module.body
        if isinstance(it, ast.Assign) and ast.unparse(it.targets[0]) == "__all__"
    )
    names = set(exported)
    types = variant_fields(module)
    text = HEAD
    errors = set()
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute)):
            name = ast.unparse(node.targets[0])
            if name.isidentifier() and name[0].isupper() and name not in names:
                text += f"{name} = {ast.unparse(node.value)}\n"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in names:
            text += function(node, "")
        elif isinstance(node, ast.ClassDef) and node.name in names:
            is_error = [ast.unparse(it) for it in node.bases] == ["Exception"]
            if is_error and node.name != "InternalError":
                # A class of the same name follows, which has the variants.
                errors.add(node.name)
                continue
            if node.name in errors:
                node.bases = [ast.Name("Exception")]
            for variant in (it for it in node.body if isinstance(it, ast.ClassDef)):
                set_types(variant, types[f"{node.name}.{variant.name}"])
            text += class_stub(node, names)
    return f"{text}\n__all__ = {exported!r}\n"


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:])
    target.write_text(stub(source.read_text(encoding="utf-8")), encoding="utf-8")
