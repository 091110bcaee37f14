"""What lies in the data folder: runs, the current one, snapshots of exports, the county's settings file."""
