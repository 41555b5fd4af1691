"""Options of a backend, declared once: they become TOML keys, environment variables, checks and documentation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a backend.

    Args:
        name: lower-case words joined by `_`; also the TOML key.
        help: one sentence for people.
        kind: `text`, `url`, `secret`, `number`, `flag` or `path`.
        default: used when nothing is set; `None` makes the option required.
        rare: few need it, so that `config init` does not ask for it.
    """

    name: str
    help: str
    kind: str = "text"
    default: str | None = None
    rare: bool = False

    @property
    def secret(self) -> bool:
        """Whether the value must never be shown, logged or stored in the clear."""
        return self.kind == "secret"

    @property
    def required(self) -> bool:
        """Whether a profile without it is incomplete."""
        return self.default is None
