"""All work on plans, on one page: the kinds of it, the rows of each, and what they can be narrowed to."""
