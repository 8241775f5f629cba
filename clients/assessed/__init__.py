"""What assessments say: read, weighed, and put where somebody needs it next."""
