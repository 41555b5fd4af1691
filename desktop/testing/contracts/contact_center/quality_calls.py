"""The calls that the capability QUALITY switches on, for subjects that there are not."""

from collections.abc import Sequence
from typing import Any

from desktop.domain.reviews.quality import EvaluationDraft
from desktop.domain.reviews.scorecards import Answer, Form, Question, Section
from desktop.testing.contracts.base import Call

FORM = Form("contract", "Of the contract", (Section("Only", (Question("only", "Was it well?"),)),))
"""The smallest form there is."""


def quality_calls(backend: Any, who: str, key: str) -> Sequence[Call]:
    """Every one of them. `who` names nothing and nobody."""
    draft = EvaluationDraft(who, FORM, (Answer("only", "yes"),))
    return [
        lambda: backend.evaluations(),
        lambda: backend.evaluation(who),
        lambda: backend.submit_evaluation(draft, key=key),
        lambda: backend.release_evaluation(who, key=key),
        lambda: backend.read_evaluation(who, key=key),
        lambda: backend.calibrations(),
        lambda: backend.start_calibration(who, FORM, who, key=key),
        lambda: backend.coaching_notes(),
        lambda: backend.coach(who, "hello", key=key),
        lambda: backend.read_coaching(who, key=key),
        lambda: backend.acknowledge_coaching(who, "", key=key),
    ]
