"""From records to persons: links between records, and person ids that stay from night to night."""
