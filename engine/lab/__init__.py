"""The chain-of-thought lab: change one thing in a recorded request, ask again, see whether the list follows."""
