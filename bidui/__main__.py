"""``python -m bidui``: the command line, whatever modules lie in the working folder."""

import sys

from bidui.import_path import forget_working_folder

forget_working_folder()

if __name__ == "__main__":  # a worker process of the run loads this module under another name
    from bidui.cli import main

    sys.exit(main())
