"""What lies under DIR: runs, the current one, snapshots of exports, the county's settings file."""
