"""`python -m mock_backends.openapi_files`: writes the OpenAPI documents that a test compares with the servers."""

import json
import sys
from pathlib import Path

from mock_backends.http.site import Site
from mock_backends.play.fleet import KINDS

FOLDER = Path(__file__).with_name("openapi")


def documents() -> dict[str, str]:
    """File name to content, of every server."""
    site = Site()
    try:
        return {
            f"{name}.json": json.dumps(kind(site).openapi(), indent=1, sort_keys=True) + "\n"
            for name, kind in KINDS.items()
        }
    finally:
        site.storage.close()


def main() -> int:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
