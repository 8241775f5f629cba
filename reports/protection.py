"""What the database itself refuses about figures; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_security as rows
from reports.suppression import ROUND_TO

SQL: list[str] = [
    *rows.counts_table("reports_countedfigure"),
    *rows.frozen_table("reports_frozenfigure"),
    # None of the numbers 1 to 4 can be written, whatever the program does. Hidden is NULL, which passes.
    f"ALTER TABLE reports_frozenfigure ADD CONSTRAINT frozen_hidden_or_rounded"
    f" CHECK (numerator % {ROUND_TO} = 0 AND denominator % {ROUND_TO} = 0)",
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
