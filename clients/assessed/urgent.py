"""An answer in an unfinished assessment that cannot wait for its end."""

#: Task.kind of what the answers of a draft ask for on the same day; its subject is the assessment, and there is one open at most.
URGENT = "assessment.urgent"
