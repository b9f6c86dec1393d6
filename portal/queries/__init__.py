"""What staff desks read: one function for each page or panel. Nothing here writes."""
