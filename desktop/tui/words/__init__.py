"""Sentences for people: figures, news, titles, follow-ups."""
