"""The default run: one command from a clone to a working CareHub, with a PostgreSQL of its own.

``python3 -m carehub.embedded run | test | check | proof | bench | manage`` is what the Makefile calls. The first half
(``packages``, ``system_libraries``, ``folders``, ``progress``) runs under the machine's bare Python and imports nothing
but the standard library; the second half runs inside ``.venv``. Nothing else in CareHub imports this package, and
production does not use it.
"""
