"""``python -m bidui``: the command line, whatever modules lie in the working folder."""

import signal
import sys

from bidui.import_path import forget_working_folder

if __name__ == "__mp_main__":  # a worker process: Ctrl-C is its parent's affair, which ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)

forget_working_folder()

if __name__ == "__main__":  # a worker process of the run loads this module under another name
    from bidui.door import main

    sys.exit(main())
