"""What ``bidui purge`` takes out of a data folder for good: one person, or what lies before a day. docs/store.md says what stays and why."""
