"""Which package archive this machine's own sources name. Needs no server."""

from pathlib import Path

import pytest

from tests.real.servers.asterisk_tree import archives

ONE_LINE = """# deb http://commented.example/debian stable main
deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian stable main contrib
deb http://one.example/debian-security stable-security main
deb-src http://source.example/debian stable main
deb https://vendor.example/apt vendor-stable main
"""
DEB822 = """Types: deb
# a comment in between
URIs: http://two.example/debian
Suites: stable stable-updates
Components: main

Types: deb
URIs: http://two.example/debian-security
Suites: stable-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: stable
Components: main

Types: deb deb-src
URIs: http://three.example/debian/
  http://four.example/debian
Suites: unstable
Components: main
"""


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("sources.list", ONE_LINE, ["http://one.example/debian"]),
        ("sources.list.d/other.list", ONE_LINE, ["http://one.example/debian"]),
        (
            "sources.list.d/debian.sources",
            DEB822,
            ["http://two.example/debian", "http://three.example/debian/", "http://four.example/debian"],
        ),
        ("sources.list", "nonsense\n\ndeb\n", []),
    ],
)
def test_both_ways_of_writing_sources_are_read(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert list(archives(tmp_path)) == found
