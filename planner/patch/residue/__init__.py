"""What belongs to a diff, to its transport or to talk about it, and is refused in new lines."""
