"""What every page shares: one layout, one style sheet, strict headers."""
