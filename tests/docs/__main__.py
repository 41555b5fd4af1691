"""`python -m tests.docs` writes the pages of the reference that are made from the code, and the manual page."""

from tests.docs.man_page import FILE, man_page
from tests.docs.reference import write

for name in write():
    print(f"docs/{name}")
FILE.write_text(man_page(), encoding="utf-8")
