"""The door of the command line: whatever happens from here on, an interruption while libraries are loaded included, ends in a sentence."""

from bidui import interrupts

interrupts.hold()


def main() -> int:
    """Run the command of this process; returns its exit status."""
    try:
        interrupts.answer()
        return interrupts.end(_run())
    except KeyboardInterrupt:
        return interrupts.end(interrupts.say_interrupted())


def _run() -> int:
    try:
        from bidui.cli import main as run_command

        return run_command()
    except Exception:
        if interrupts.interrupted():  # while it was loaded, a library made another error of it
            return interrupts.say_interrupted()
        raise
