"""What a deployment needs besides the code: the demo session, as package data."""
