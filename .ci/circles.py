"""Circles among the files of a crate: which file names what another one holds, and whether it leads back to where it began.

A file that only declares a module or passes a name on (`mod`, `pub use`) imports nothing: names are followed to the file
that defines them. Code of tests doesn't count: it may build its surroundings from anywhere.
"""
import re
from pathlib import Path

TEST = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\)\]\s*(?:#\[[^\n]*\]\s*)*(?:pub(?:\([^)]*\))? )?mod \w+ \{")
USE = re.compile(r"^(?P<pub>\s*pub(?:\([^)]*\))?\s+)?\s*use\s+(?P<tree>[^;]+);", re.M)
PATH = re.compile(r"\b(?:crate|super|self)(?:::\w+)+")
ITEM = re.compile(
    r"^(?:pub(?:\([^)]*\))?\s+)?(?:async |const |unsafe |extern \"C\" )*(?:fn|struct|enum|union|trait|type|const|static|macro_rules!)\s+(\w+)", re.M
)


def code_of(path):
    text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
    found = TEST.search(text)
    return text[: found.start()] if found else text


def flat(tree, before=()):
    """`a::{b, c::d as e}` as [(a, b), (a, c, d)], each with the name that it gets here."""
    tree = tree.strip()
    if "{" not in tree:
        path, _, new = tree.partition(" as ")
        parts = tuple(part.strip() for part in path.split("::") if part.strip())
        whole = before + parts
        if whole and whole[-1] == "self":
            whole = whole[:-1]
        return [(whole, new.strip() or (whole[-1] if whole else ""))]
    head, rest = tree.split("{", 1)
    before += tuple(part.strip() for part in head.split("::") if part.strip())
    out, depth, start = [], 0, 0
    inner = rest[: rest.rindex("}")]
    for at, char in enumerate(inner + ","):
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            if inner[start:at].strip():
                out += flat(inner[start:at], before)
            start = at + 1
    return out


class Crate:
    def __init__(self, src):
        self.files, self.uses, self.names = {}, {}, {}
        for path in sorted(src.rglob("*.rs")):
            parts = list(path.relative_to(src).with_suffix("").parts)
            if any(part in ("tests", "vectors", "main") for part in parts):
                continue
            if parts[-1] in ("mod", "lib"):
                parts.pop()
            module, code = tuple(parts), code_of(path)
            self.files[module] = (path, code)
            self.uses[module] = [(leaf, use["pub"]) for use in USE.finditer(code) for leaf in flat(use["tree"])]
            self.names[module] = set(ITEM.findall(code))

    def absolute(self, module, path):
        """A path from the crate's root, or None for what isn't of this crate."""
        if path[0] == "crate":
            return path[1:]
        here = module
        if path[0] not in ("super", "self"):
            return here + path if here + path[:1] in self.files else None
        while path and path[0] in ("super", "self"):
            if path[0] == "super":
                here = here[:-1]
            path = path[1:]
        return here + path

    def holder(self, path, seen=()):
        """The modules that define what a path names."""
        if path in seen:
            return set()
        at = max((n for n in range(len(path) + 1) if path[:n] in self.files), default=0)
        module, rest = path[:at], path[at:]
        if not rest:
            # A module by its name: who uses names of it does so by a longer path.
            return set()
        if rest[0] in self.names.get(module, ()):
            return {module}
        found = set()
        for (leaf, name), _ in self.uses.get(module, ()):
            target = self.absolute(module, leaf)
            if target is not None and name in (rest[0], "*"):
                target = target[:-1] + (rest[0],) if name == "*" else target
                found |= self.holder(target + rest[1:], (*seen, path)) or self.holder(target, (*seen, path))
        return found

    def imports(self):
        graph = {module: set() for module in self.files}
        for module, (_, code) in self.files.items():
            paths = [leaf for (leaf, _), public in self.uses[module] if not public]
            paths += [tuple(found.split("::")) for found in PATH.findall(USE.sub("", code))]
            # `module::Name` where the module was imported by name.
            modules = {name: self.absolute(module, leaf) for (leaf, name), _ in self.uses[module]}
            modules = {name: path for name, path in modules.items() if path in self.files}
            modules |= {child[-1]: child for child in self.files if child and child[:-1] == module}
            for name, path in modules.items():
                for item in re.findall(rf"(?<![\w:]){name}::(\w+(?:::\w+)*)", USE.sub("", code)):
                    graph[module] |= self.holder(path + tuple(item.split("::")))
            for path in paths:
                target = self.absolute(module, path)
                if target is not None:
                    graph[module] |= self.holder(target)
            # A file may use what the file above it holds: it was cut out of that one, and stands inside it.
            graph[module] -= {module[:n] for n in range(len(module) + 1)}
        return graph


def circles(src):
    """Each set of files that lead to each other."""
    crate = Crate(Path(src))
    graph, index, low, stack, found = crate.imports(), {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = [stack.pop()]
            while part[-1] != node:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in index:
            visit(node)
    edges = sum(len(others) for others in graph.values())
    shown = [
        [f"{crate.files[a][0]} -> {crate.files[b][0]}" for a in part for b in sorted(graph[a]) if b in part] for part in found
    ]
    return shown, len(graph), edges


def sources():
    return sorted(str(src) for top in ("crates", "apps", "bindings") for src in Path(top).glob("*/src")) + ["src"]


if __name__ == "__main__":
    import sys

    found = [edge for src in sources() for circle in circles(src)[0] for edge in circle]
    print("\n".join(found) or "no circle")
    sys.exit(1 if found else 0)
