"""The audits' errors: what was expected, what came, and what to do about it."""


class AuditError(Exception):
    """Any error of an audit that a user can act on; the command line prints it without a traceback."""


class Unmeasured(AuditError):
    """A number cannot be taken of these runs: it is unscored, with the message (why, and what to do) as its note."""
