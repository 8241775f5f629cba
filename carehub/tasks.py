"""Found by the worker at its start: the kernel's scheduled tasks, and the handlers of its jobs."""

from carehub import jobs, mail, sealing

__all__ = ["jobs", "mail", "sealing"]
