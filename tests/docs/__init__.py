"""What people read: it names only what exists, and says what the code says."""
