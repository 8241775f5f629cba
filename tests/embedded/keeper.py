"""A launcher with only the database in it, for tests: brings it up, prints its addresses as one line of JSON, watches it."""

import json
import os
import signal
import sys
from pathlib import Path

from carehub.embedded.folders import OneLauncher, make_private
from carehub.embedded.postgres import EmbeddedPostgres
from carehub.embedded.processes import Stopped, Supervisor, die_with_parent


def main(var: Path) -> None:
    die_with_parent(os.getppid(), signal.SIGTERM)
    make_private(var)
    lock = OneLauncher(var)
    lock.take()
    supervisor = Supervisor()
    try:
        server = EmbeddedPostgres(var, supervisor)
        urls = server.bring_up()
        told = {
            **urls,
            "data": str(server.home.data),
            "socket": str(server.socket),
            "programs": str(server.programs),
            "server": server.child.process.pid,
            "bootstrap": server.passwords["bootstrap"],
        }
        print(json.dumps(told), flush=True)
        supervisor.watch()
    except Stopped:
        pass
    finally:
        supervisor.stop()


main(Path(sys.argv[1]))
