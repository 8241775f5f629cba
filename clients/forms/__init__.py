"""What is asked on the pages about clients, a module a page."""
