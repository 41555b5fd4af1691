"""The page of settings: what is in force, where it comes from, and how it is changed."""
