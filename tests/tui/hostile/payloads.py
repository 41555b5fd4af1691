"""What a caller may put into a name, a message or a CRM field to get at the agent's terminal.

`PAYLOADS` is for every suite that shows text from outside; `leaks(raw)` says what of it reached a terminal.
"""

import re
from typing import Final

ESC, BEL, ST, CSI, OSC = "\x1b", "\x07", "\x1b\\", "\x9b", "\x9d"

PAYLOADS: Final[dict[str, str]] = {
    # Sequences for the terminal
    "clipboard": f"{ESC}]52;c;cHduZWQ={BEL}",
    "clipboard ended by ST": f"{ESC}]52;c;cHduZWQ={ST}",
    "window title": f"{ESC}]0;pwned{BEL}",
    "icon title": f"{ESC}]1;pwned{BEL}",
    "palette": f"{ESC}]4;1;rgb:00/00/00{BEL}",
    "foreground query": f"{ESC}]10;?{BEL}",
    "notification 9": f"{ESC}]9;pwned{BEL}",
    "notification 777": f"{ESC}]777;notify;pwned;x{BEL}",
    "iterm file": f"{ESC}]1337;File=name=eA==:eA=={BEL}",
    "directory": f"{ESC}]7;file://evil/{BEL}",
    "link to a file": f"{ESC}]8;;file:///etc/passwd{ST}x{ESC}]8;;{ST}",
    "link to a scheme": f"{ESC}]8;;ms-msdt:/id{ST}x{ESC}]8;;{ST}",
    "clear": f"{ESC}[2J",
    "clear scrollback": f"{ESC}[3J",
    "home": f"{ESC}[1;1H",
    "erase line": f"{ESC}[2K",
    "hidden and blinking": f"{ESC}[8;5;6mghost",
    "insert lines": f"{ESC}[99L",
    "scroll region": f"{ESC}[1;2r",
    "leave the alternate screen": f"{ESC}[?1047l",
    "reverse screen": f"{ESC}[?5h",
    "application keys": f"{ESC}[?66h",
    "cursor report": f"{ESC}[6n",
    "device attributes": f"{ESC}[c",
    "window report": f"{ESC}[21t",
    "minimise": f"{ESC}[2t",
    "print screen": f"{ESC}[5i",
    "hard reset": f"{ESC}c",
    "soft reset": f"{ESC}[!p",
    "device control": f"{ESC}P$q{ST}",
    "sixel": f"{ESC}Pq#0;2;0;0;0{ST}",
    "application command": f"{ESC}_Gi=1;AAAA{ST}",
    "privacy message": f"{ESC}^pwned{ST}",
    "charset": f"{ESC}(0lqqk",
    "screen title": f"{ESC}kpwned{ST}",
    "escape at the end": f"name{ESC}",
    "unfinished": f"{ESC}[38;2;",
    # One-byte controls
    "C1 clear": f"{CSI}2J",
    "C1 clipboard": f"{OSC}52;c;cHduZWQ=\x9c",
    "C1 device control": "\x90q\x9c",
    "next line": "one\x85two",
    "bell": BEL * 5,
    "backspaces": "admin\b\b\b\b\brobot",
    "carriage return": "real name\rfake name",
    "line feeds": "one\ntwo\r\nthree",
    "vertical tab and form feed": "a\vb\fc",
    "tabs": "a\tb\t\tc",
    "NUL": "a\0b",
    "delete": "a\x7fb",
    "shift out": "\x0eabc\x0f",
    "substitute": "a\x1ab",
    # Unicode
    "right-to-left override": "invoice\u202egpj.exe",
    "embedding": "\u202aabc\u202b",
    "isolates": "\u2066abc\u2067def\u2068ghi",
    "Arabic letter mark": "a\u061cb",
    "tags": "a\U000e0001\U000e0041\U000e0042\U000e007f",
    "line separators": "a\u2028b\u2029c",
    "invisible": "pay\u200bpal\u2060\ufeff",
    "stacked marks": "Z" + "\u0335\u0316\u0489" * 60,
    "half a character": "a\ud800b",
    "swapped halves": "\udc00\ud83d",
    "noncharacters": "a\ufffe\uffff",
    "families": "👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇬🇧 1️⃣ 👍🏽",
    "wide": "漢字カタカナ한글" * 20,
    "long": "x" * 20_000,
    "right to left with digits": "שלום 123 مرحبا 456",
    # Markup
    "action": "[@click=app.pwn]press me[/]",
    "action with argument": "[@click=app.pwn('x')]press me[/]",
    "simulated key": "[@click=app.simulate_key('q')]press me[/]",
    "file written": "[@click=app.screenshot('../x.svg','/tmp')]press me[/]",
    "broken action": "[@click=app.pwn(]press me[/]",
    "closing tag": "[/]",
    "closing a tag": "[/b]",
    "open tag": "[b",
    "nested tags": "[" * 50 + "b" + "]" * 50,
    "link tag": "[link=file:///etc/passwd]x[/link]",
    "colour": "[red on red]invisible[/]",
    "variable": "[$error]x[/] $background ${x} {0} %s",
    "markdown": "[x](ms-msdt:id) ![x](http://x) `x` **x** <b>x</b>",
    "number sign": "#[]{}()<>&\\\"'`$",
}  # fmt: skip

# All that Textual itself writes: colours, cursor, modes, its questions to the terminal, links to the web.
_OWN: Final = re.compile(
    rb"\x1b\[[\d;]*m"
    rb"|\x1b\[\d+;\d+H"
    rb"|\x1b\[\?(?:25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048|7)[hl]"
    rb"|\x1b\[[<>]\d*u"
    rb"|\x1b\[\?\d+\$p"
    rb"|\x1b\]22;[a-z-]+\x07"  # the shape of the pointer
    rb"|\x1b\]8;(?:id=[\w-]*;https?://[!-~]*|;)\x1b\\"
)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
_SGR: Final = b"\x1b[8;5;6m"


def leaks(raw: bytes) -> list[str]:
    """The control characters in terminal output that Textual did not write itself, each with what follows it."""
    hidden = ["hidden text"] if _SGR in raw else []
    rest = _OWN.sub(b"", raw).decode("utf-8", "surrogateescape")
    controls = (match.start() for match in _CONTROL.finditer(rest) if match[0] not in "\r\n")
    return hidden + [repr(rest[max(0, start - 5) : start + 20]) for start in controls]
