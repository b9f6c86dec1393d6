"""Chinese text: folding variants of writing, terms, dates in any writing, queries, highlighting."""
