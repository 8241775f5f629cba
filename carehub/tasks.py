"""Found by the worker at its start: the kernel's scheduled tasks, and the handlers of its jobs."""

from carehub import blank_forms, handing_over, invitations, jobs, mail, sealing

__all__ = ["blank_forms", "handing_over", "invitations", "jobs", "mail", "sealing"]
