"""Search/replace pairs: where each `find` stands, and whether `replace` makes sense there."""
