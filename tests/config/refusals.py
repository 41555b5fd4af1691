"""A configuration that is refused, by the words it is refused with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop.config import ConfigError
from desktop.words.catalogue import in_words


def words_of(error: ConfigError) -> str:
    """What a user reads, one problem a line."""
    return "\n".join(map(in_words, error.problems))


@contextmanager
def refused(pattern: str) -> Iterator[pytest.ExceptionInfo[ConfigError]]:
    """What follows is refused with words in which the pattern is found."""
    with pytest.raises(ConfigError) as caught:
        yield caught
    assert re.search(pattern, words_of(caught.value))
