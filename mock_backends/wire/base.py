"""What all wire models have in common, and the entities that more than one server speaks of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=100)]
Line = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=20_000)]
Instant = Annotated[float, Field(ge=0, le=1e11, description="seconds since the Unix epoch, server clock")]


class Wire(BaseModel):
    """A JSON object of the contract. Unknown fields are ignored, NaN and infinities are not numbers."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, validate_assignment=False)


class Address(Wire):
    """How to reach a customer."""

    kind: Literal["phone", "email", "handle"]
    value: str = Field(max_length=320)
    withheld: bool = False


class ProblemBody(Wire):
    """An error (`application/problem+json`)."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Health(Wire):
    """A server that lives."""

    status: Literal["ok"]
    server_time: float
    name: str
