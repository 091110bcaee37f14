"""What a command's exit status means, to the shell and to whatever starts bidui at night."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """DONE; GAP: done, but something was left out or must be mended, and it was printed what; NOTHING: nothing was done, for a
    reason that was printed; INTERRUPTED: stopped with Ctrl-C."""

    DONE = 0
    GAP = 1
    NOTHING = 2
    INTERRUPTED = 130
