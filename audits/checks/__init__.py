"""One file an audit; each is found by itself."""
