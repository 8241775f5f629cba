"""Forms, code lists and rules as data: what a partnership may change without a programmer.

A definition is one TOML file with a name and a version, checked when it is loaded. The way in:

* ``catalogue``: every definition by name and version (``latest("triage")``, ``get("triage", 1)``);
* ``fields``: the page on which a form is filled in; ``typed``: what stands in a draft, as it was typed;
* ``answers``: what is kept, what is missing; ``forward``: what the next assessment takes over;
* ``findings``: risks and proposals that answers lead to;
* ``show``: a completed form as it was asked, and the blank one for paper.

How to write a definition: docs/guides/definitions.md.
"""
