"""Unified diffs: their hunks, read out of a model's text, and the one place of each."""
