"""Tests: one file a room, named for the rules they keep."""
