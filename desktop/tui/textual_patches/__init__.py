"""What stands in for private parts of Textual, one part a file; nothing else in the program touches them.

Each file says what Textual does, where, and why we differ. `switch.py` turns each off, so that a mistake of ours can be
told from one of Textual's; `tests/tui/textual_patches` holds each against the original and tells when that changed.
"""
