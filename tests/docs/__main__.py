"""`python -m tests.docs` writes the pages of the reference that are made from the code."""

from tests.docs.reference import write

for name in write():
    print(f"docs/{name}")
