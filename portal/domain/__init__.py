"""What is true in the house: units, people, the plan, reports, and the rules between them."""
