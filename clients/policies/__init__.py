"""What may be done about a client, and when. Each raises with a sentence for the person who asked; buttons and actions ask the same."""
