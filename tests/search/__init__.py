"""The archive measured as a whole: what people type, and what they should find."""
