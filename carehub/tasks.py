"""Found by the worker at its start: the kernel's scheduled tasks, and the handlers of its jobs."""

from carehub import blank_forms, handing_over, jobs, mail, sealing
from carehub.signing_in import invitations

__all__ = ["blank_forms", "handing_over", "invitations", "jobs", "mail", "sealing"]
