"""The settings of a county without a file of its own: the plan's county and cohort."""

from pipelines.intake.places import Places
from schemas.settings import Settings

SETTINGS = Settings()
PLACES = Places(SETTINGS.divisions)
TOWNSHIPS = SETTINGS.divisions.township_names
