"""What a run says beside the lines of its steps, where it is not on a terminal."""

import re


def without_steps(printed: str) -> str:
    """What was printed to stderr, without the lines that name a step."""
    return re.sub(r"^\d+/\d+ .*\n", "", printed, flags=re.MULTILINE)
