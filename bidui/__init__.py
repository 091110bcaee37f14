"""The door: the command line, and what a notebook imports."""
