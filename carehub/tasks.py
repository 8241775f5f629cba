"""Found by the worker at its start: the kernel's scheduled tasks, and the handlers of its jobs."""

from carehub import jobs, mail

__all__ = ["jobs", "mail"]
