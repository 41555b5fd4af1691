"""Reports of the past, as tables for programs and as a page for people."""
