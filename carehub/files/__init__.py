"""Files that people bring in (a scan of a signed sheet, a signature) and files that are made here.

``pipeline.accept`` takes an upload in and gives clean bytes back, or refuses with a reason; ``store`` keeps bytes under
their SHA-256; ``serving`` sends them out again. Nothing that was uploaded is ever kept or sent out as it came: pictures
are drawn anew, the pages of a PDF become pictures.
"""
