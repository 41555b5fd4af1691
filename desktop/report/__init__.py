"""A report of the past as a page for people, in the language in force."""
