"""A terminal that is cheap to look at: a tenth of the processor time that pyte takes, for what the desktop writes."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len

from tests.tui.pty_screen import PtyScreen

_PIECES = re.compile(
    r"\x1b\[([0-?]*)[ -/]*([@-~])"  # control sequences
    r"|\x1b[\]P_^X].*?(?:\x07|\x1b\\)"  # titles and the like
    r"|\x1b[()*+].|\x1b[^\[\]P_^X()*+]"
    r"|([^\x00-\x1f\x7f\x1b]+)"  # text
    r"|([\x00-\x1f\x7f])",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[^@-~]*|[\]P_^X](?:(?!\x07|\x1b\\).)*|[()*+])?\Z", re.DOTALL)


class QuickScreen(PtyScreen):
    """A pty whose text is followed without colours or styles. Cells cannot be asked for."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        rows: int = 24,
        cols: int = 80,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """See the base class."""
        self._grid = [[" "] * cols for _ in range(rows)]
        self._row = self._col = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        super().__init__(argv, rows=rows, cols=cols, env=env, cwd=cwd)

    def lines(self) -> list[str]:
        """The lines of the screen, `rows` of them."""
        self._parse()
        return ["".join(row).rstrip() for row in self._grid]

    def _parse(self) -> None:
        new = self.chunks[self._parsed :]
        if not new:
            return
        self._parsed += len(new)
        data = self._rest + self._decode(b"".join(chunk for _, chunk in new))
        unfinished = _UNFINISHED.search(data)
        self._rest = data[unfinished.start() :] if unfinished else ""
        if unfinished:
            data = data[: unfinished.start()]
        for piece in _PIECES.finditer(data):
            arguments, final, text, control = piece.groups()
            if text is not None:
                self._write(text)
            elif final is not None:
                self._move(arguments, final)
            elif control == "\r":
                self._col = 0
            elif control == "\n":
                self._row = min(self._row + 1, self.rows - 1)
            elif control == "\b":
                self._col = max(0, self._col - 1)

    def _write(self, text: str) -> None:
        row = self._grid[self._row]
        cells = list(text)
        if not text.isascii() and cell_len(text) != len(text):
            cells = []
            for sign in text:
                width = cell_len(sign)
                if width == 0 and cells:
                    cells[-1] += sign
                else:
                    cells += [sign] + [""] * (width - 1)
        end = min(self._col + len(cells), self.cols)
        row[self._col : end] = cells[: end - self._col]
        self._col = min(end, self.cols - 1)

    def _move(self, arguments: str, final: str) -> None:
        if final == "m" or arguments[:1] in ("?", "<", "=", ">"):
            return
        numbers = [int(one) if one.isdigit() else 0 for one in arguments.split(";")]
        first = numbers[0]
        if final in "Hf":
            self._row = min(max(first, 1), self.rows) - 1
            self._col = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.cols) - 1
        elif final == "A":
            self._row = max(0, self._row - max(first, 1))
        elif final == "B":
            self._row = min(self.rows - 1, self._row + max(first, 1))
        elif final == "C":
            self._col = min(self.cols - 1, self._col + max(first, 1))
        elif final == "D":
            self._col = max(0, self._col - max(first, 1))
        elif final == "G":
            self._col = min(max(first, 1), self.cols) - 1
        elif final == "K":
            start, end = ((self._col, self.cols), (0, self._col + 1), (0, self.cols))[min(first, 2)]
            self._grid[self._row][start:end] = [" "] * (end - start)
        elif final == "J":
            if first == 0:
                self._grid[self._row][self._col :] = [" "] * (self.cols - self._col)
            for at in range(self._row + 1 if first == 0 else 0, self._row if first == 1 else self.rows):
                self._grid[at] = [" "] * self.cols
