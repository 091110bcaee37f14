"""Identity resolution: tables of people in, links with weights and reasons out. Knows no registry."""
