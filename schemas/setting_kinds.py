"""What settings are made of: a table of them, names, lines of text."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from schemas.county_names import fault_of_name, has_control_characters


def _named(text: str) -> str:
    if fault := fault_of_name(text):
        raise ValueError(fault)
    return text


def _printed(text: str) -> str:
    if has_control_characters(text):
        raise ValueError("含有换行、制表符等看不见的字符")
    return text


Name = Annotated[StrictStr, AfterValidator(_named)]
Text = Annotated[StrictStr, Field(min_length=1, max_length=200), AfterValidator(_printed)]


class SettingTable(BaseModel):
    """A table of settings: a key that is not declared is a fault, and no fault quotes a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)
