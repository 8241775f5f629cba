"""Entry of the launcher. Reads as any Python 3, so that an old one can be told so; hands over to a newer one if there is one."""

import os
import shutil
import sys

if sys.version_info < (3, 11):
    for minor in (14, 13, 12, 11):
        newer = shutil.which("python3.%d" % minor)
        if newer:
            os.execv(newer, [newer, "-m", "carehub.embedded", *sys.argv[1:]])
    sys.exit("CareHub needs Python 3.11 or newer; this is %d.%d. Name a newer one: make run PYTHON=/path/to/python3" % sys.version_info[:2])

from carehub.embedded.commands import main

sys.exit(main(sys.argv[1:]))
