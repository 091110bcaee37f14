"""``python -m bidui``: the command line, whatever modules lie in the working folder."""

import sys

if __name__ == "__main__":  # first of all, so that Ctrl-C is answered in a word
    from bidui import door

from bidui.import_path import forget_working_folder

if __name__ == "__mp_main__":  # a worker process: Ctrl-C is its parent's affair, which ends it
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)

forget_working_folder()

if __name__ == "__main__":  # a worker process of the run loads this module under another name
    sys.exit(door.main())
