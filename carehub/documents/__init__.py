"""Documents: how a page becomes a PDF that people can read, that is sealed once, and that anyone can check later.

``render`` makes the PDF, ``seal`` seals it with the certificate that ``certificate`` keeps, ``verify`` finds out whether
a file is still the one that was sealed, ``qr`` draws the code that leads to the check page.
"""
