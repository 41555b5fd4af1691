"""Reports of the past: what one is made of, tables for programs, and how a file gets onto the disk."""
