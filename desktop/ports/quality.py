"""What a contact centre may offer for quality: scorecards, calibration and coaching (capability QUALITY)."""

from desktop.ports.base import Backend


class Quality(Backend):
    """The optional part of a contact centre that holds evaluations and coaching notes."""
