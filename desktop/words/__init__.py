"""Sentences for people: one catalogue, in English in the code and in other languages under `locale`."""
