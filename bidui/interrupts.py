"""Ctrl-C, and being stopped by the system: said in a word, exit status 130, no traceback, whichever step or import it comes in.

Libraries make errors of their own of an interruption (DuckDB's is a RuntimeError), or print it. So what was received is noted here, and
whoever ends the command asks. The signals are held from the first line of the program (``hold``) until they can be answered.

``_signal`` is what Python's ``signal`` wraps: that one loads other modules first, in which Ctrl-C would still leave a traceback.
"""

import _signal
import os
import sys
import time

STATUS = 130
_WORDS = {"SIGINT": "已中断", "SIGBREAK": "已中断", "SIGTERM": "已中断（收到系统的停止信号）", "SIGHUP": "已中断（终端已关闭）"}
_SOON = 0.05  # seconds
_QUIET = 1.0  # seconds, in which a second signal is taken for the same: one pressed twice must not break off the cleaning up
_TOLD_AGAIN = 20  # times, ``_SOON`` apart: a query that begins as it is told forgets it
_received: list[str] = []
_raised_at: list[float] = []  # emptied where what was raised came to nothing


def hold() -> None:
    """Let none of the signals arrive yet. Windows cannot hold them."""
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _numbers())


def answer() -> None:
    """From now on each of these signals raises KeyboardInterrupt in the main thread; also one that was held. Those that are ignored, by
    nohup or by a shell without job control, stay ignored."""
    for number in _numbers():
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable
    _watch()
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _numbers())


def interrupted() -> str | None:
    """What to say of the interruption that was received, in Chinese; None where there was none."""
    return _WORDS[_received[0]] if _received else None


def say_interrupted() -> int:
    """Say so where the command could not; returns the exit status."""
    os.write(2, ((interrupted() or _WORDS["SIGINT"]) + "\n").encode("utf-8"))
    return STATUS


def end(status: int) -> int:
    """The exit status, to be handed on; does not return where it is that of an interruption. The process then ends at once: threads that
    read files are not waited for, and Python, which notes when an interruption passed through certain calls, does not kill itself instead."""
    for number in _numbers():
        _signal.signal(number, _signal.SIG_DFL)  # a second one needs no words
    if status == STATUS:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):  # whoever read it has gone
                continue
        if "multiprocessing" in sys.modules:  # whose semaphores would be reported as leaked
            _run_what_is_left()
        os._exit(status)
    return status


def _run_what_is_left() -> None:
    import atexit

    try:
        atexit._run_exitfuncs()
    except Exception:
        return


def _numbers() -> dict[int, str]:
    """The signals that this system has, by number."""
    return {getattr(_signal, name): name for name in _WORDS if hasattr(_signal, name)}


def _watch() -> None:
    """Let a thread hear of each signal at once: the main thread does not while a query of DuckDB is at work, some of which look for a
    signal only when they end."""
    from threading import Thread

    hears, told = os.pipe()
    if os.name != "nt":  # where Python asks for it
        os.set_blocking(told, False)
    _signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    Thread(target=_end_queries, args=(hears,), daemon=True).start()


def _end_queries(hears: int) -> None:
    while os.read(hears, 1):
        for _ in range(_TOLD_AGAIN):
            if databases := sys.modules.get("schemas.memory_database"):  # not loaded before it is needed
                databases.end_queries()
            time.sleep(_SOON)


def _interrupt(number: int, frame: object) -> None:
    _received.append(_numbers()[number])
    now = time.monotonic()
    if _raised_at and now - _raised_at[-1] < _QUIET:
        return
    _raised_at.append(now)
    raise KeyboardInterrupt


def _unraisable(failed: "sys.UnraisableHookArgs") -> None:
    """An interruption that came where Python can raise nothing, as in a finalizer: again a moment later, in place of a traceback. What
    finalizers say of things that were interrupted is nobody's affair."""
    if failed.exc_type is not KeyboardInterrupt:
        if not _received:
            sys.__unraisablehook__(failed)
        return
    from _thread import interrupt_main
    from threading import Timer

    def once_more() -> None:
        _raised_at.clear()
        interrupt_main()

    again = Timer(_SOON, once_more)
    again.daemon = True
    again.start()
