"""What changes several rows, or has a side effect, in the kernel: keyword-only, ``by=`` an Actor, one transaction with its event."""
