"""The demonstration partnership: an invented place, invented people, 18 months of their history, from a fixed seed.

By name an exception among the kernel's modules: it may import clients and careplans. Nothing imports it but its two commands and the
sign-in page of the demonstration.
"""
