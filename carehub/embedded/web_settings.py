"""gunicorn in the default run. Its workers die with it too, however it dies, so that the port is free for the next."""

import os
import signal

from carehub.embedded.processes import die_with_parent

bind = f"127.0.0.1:{os.environ['PORT']}"
workers = 2
worker_class = "sync"
preload_app = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True
timeout = 60
graceful_timeout = 10
proc_name = "carehub"


def post_fork(server, worker) -> None:
    die_with_parent(worker.ppid, signal.SIGKILL)
