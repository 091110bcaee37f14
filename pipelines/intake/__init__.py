"""From the exports under DIR/raw to standardised records, with an account of every row and every changed value."""
