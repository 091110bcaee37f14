"""From the exports under ``raw`` of the data folder to standardised records, with an account of every row and every changed value."""
