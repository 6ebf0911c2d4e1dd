"""What in new text is unlike the prompt: a person is told, and nothing is refused."""
