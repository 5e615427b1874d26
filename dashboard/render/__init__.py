"""One renderer a result type, for the screen and for the terminal."""
