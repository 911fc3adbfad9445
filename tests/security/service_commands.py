"""What each service command asks the database for, read from its source."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import ward_app

ROOT = Path(ward_app.__file__).parent
MODULES = sorted(f"ward_app.{file.parent.name}.{file.stem}" for file in ROOT.glob("*/*service.py"))
_CALL = re.compile(r"\b([a-z]+\.[a-z_0-9]+)\s*\(")
_INSERT = re.compile(r"INSERT INTO ([a-z]+\.[a-z_]+)")


def commands_of(module):
    """Return by name, for each public function of a service, what it calls and adds rows to."""
    tree = ast.parse(Path(find_spec(module).origin).read_text(encoding="utf-8"))
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    texts = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {
        name: _found(node, defined | texts)
        for name, node in defined.items()
        if not name.startswith("_") and node.args.args and node.args.args[0].arg == "tx"
    }


def _found(node, known):
    """Return the names of the database in a function and in all of the module that it uses."""
    seen, waiting, words = set(), [node], []
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                words.append(part.value)
            if isinstance(part, ast.Name) and part.id in known and part.id not in seen:
                seen.add(part.id)
                waiting.append(known[part.id])
    text = "\n".join(words)
    return {*_CALL.findall(text), *_INSERT.findall(text)}
