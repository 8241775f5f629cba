"""gunicorn in production, read by itself from the working folder: ``gunicorn --bind 127.0.0.1:8000 carehub.wsgi``."""

import os

#: Loaded once, before the workers are forked. Without it a refusal to start (a missing setting, an unfit database) would end
#: one worker after the other, and gunicorn would start them again for ever.
preload_app = True
control_socket_disable = True
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
timeout = 60
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
