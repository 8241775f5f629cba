"""``python -m tests.proof.one_job KEY``: a worker with one job in its life, which a test kills where it likes."""

import sys

import django

django.setup()

from tests import working  # noqa: E402

working.main(sys.argv[1])
