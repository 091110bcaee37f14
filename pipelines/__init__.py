"""The nightly job and what stands around it."""

# Names the folder that a Prefect deployment works on: the server's own affair, not a parameter that a page could change.
ROOT_VARIABLE = "BIDUI_ROOT"
