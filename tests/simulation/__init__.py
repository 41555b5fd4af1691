"""A deterministic simulation of the desktop, its disk and everybody it talks to, and what must hold at every moment.

`python -m tests.simulation --help` says how to run it.
"""
