"""From text to statements: as many as can be read, and what is wrong at the first that cannot."""

import ast
import warnings
from collections.abc import Sequence

from playground.experiment.syntax import parse
from playground.protocol.tensors import CodeProblem
from playground.workbench.language.budget import MAX_DEPTH

MAX_TRIES = 60
FIXES = {
    "'(' was never closed": "close it with )",
    "'[' was never closed": "close it with ]",
    "'{' was never closed": "close it with }",
}


class Source:
    """The text of a program, its lines, and places in it."""

    def __init__(self, code: str) -> None:
        self.code = code.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = self.code.split("\n")
        self.body: list[ast.stmt] = []

    def parse(self) -> tuple[list[ast.stmt], CodeProblem | None]:
        """The statements up to the first that is no Python, and what is wrong there."""
        try:
            self.body = self._parsed(self.code)
            return self.body, None
        except SyntaxError as error:
            problem = self._syntax_problem(error)
            return self._before(error.lineno or 1), problem
        except (RecursionError, MemoryError, ValueError) as error:
            return [], self._unreadable(error)

    def _parsed(self, text: str) -> list[ast.stmt]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `x is 1` and the like: said where they are run
            body = parse(text).body
        for statement in body:
            check_depth(statement)
        return body

    def _before(self, line: int) -> list[ast.stmt]:
        """The longest part above `line` that can be read."""
        for _ in range(MAX_TRIES):
            line -= 1
            if line < 1:
                return []
            try:
                return self._parsed("\n".join(self.lines[:line]))
            except SyntaxError as error:
                line = min(line, (error.lineno or 1) if error.lineno and error.lineno < line else line)
            except (RecursionError, MemoryError, ValueError):
                return []
        return []

    def _syntax_problem(self, error: SyntaxError) -> CodeProblem:
        line = min(max(error.lineno or 1, 1), len(self.lines))
        text = self.lines[line - 1]
        start = max((error.offset or 1) - 1, 0)
        same = error.end_lineno in (None, line)
        end = max((error.end_offset or 0) - 1, start + 1) if same else len(text)
        message = error.msg[:1].upper() + error.msg[1:]
        if "integer string conversion" in error.msg:  # Python's own bound on how many digits it reads
            message = "this integer does not fit into 64 bits"
        return CodeProblem(
            line=line, column=_units(text[:start]), end_line=line, end_column=_units(text[: max(end, start)]),
            message=f"This is no Python: {message}.", fix=_syntax_fix(error.msg, text),
        )  # fmt: skip

    def _unreadable(self, error: Exception) -> CodeProblem:
        message = "This is nested too deeply to be read."
        if isinstance(error, ValueError):
            message = f"This cannot be read: {error}."
        return CodeProblem(line=1, column=0, end_line=1, end_column=1, message=message,
                           fix="write it in several lines")  # fmt: skip

    def column(self, line: int, byte: int) -> int:
        """A column as the parser counts it, in bytes, as an editor in a browser does."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if text.isascii():
            return byte
        return _units(text.encode()[:byte].decode(errors="ignore"))

    def place(self, node: ast.AST) -> tuple[int, int, int, int]:
        """First line and column of a node, and last."""
        line, byte = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_byte = getattr(node, "end_col_offset", None) or byte
        return line, self.column(line, byte), end_line, self.column(end_line, end_byte)

    def text(self, node: ast.AST) -> str:
        """The text of a node, cut where it is long."""
        line, byte, end_line, end_byte = (
            getattr(node, name, 0) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
        )
        rows: Sequence[str] = self.lines[line - 1 : end_line]
        if not rows:
            return ""
        if len(rows) == 1:
            found = rows[0].encode()[byte:end_byte].decode(errors="ignore")
        else:
            found = rows[0].encode()[byte:].decode(errors="ignore") + " …"
        return found if len(found) <= 200 else found[:199] + "…"

    def problem(
        self, node: ast.AST, message: str, fix: str | None = None, warning: bool = False
    ) -> CodeProblem:
        """Something wrong at a node."""
        line, column, end_line, end_column = self.place(node)
        return CodeProblem(
            line=line, column=column, end_line=end_line, end_column=end_column, message=message, fix=fix,
            severity="warning" if warning else "error",
        )  # fmt: skip


def check_depth(statement: ast.AST) -> None:
    """SyntaxError at the first expression that is nested deeper than can be evaluated."""
    level: list[ast.AST] = [statement]
    for _ in range(MAX_DEPTH + 20):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    deep = next((node for node in level if hasattr(node, "lineno")), statement)
    place = ("", getattr(deep, "lineno", 1), getattr(deep, "col_offset", 0) + 1, "")
    raise SyntaxError("it is nested too deeply: write it in several lines", place)


def _units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _syntax_fix(message: str, line: str) -> str | None:
    if message in FIXES:
        return FIXES[message]
    if "%" in line or "//" in line:
        return "a comment begins with #"
    return None
