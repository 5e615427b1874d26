"""The audits' errors: what was expected, what came, and what to do about it."""


class AuditError(Exception):
    """Any error of an audit that a user can act on; the command line prints it without a traceback."""
