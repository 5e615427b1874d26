"""The engine's errors: what was expected, what came, and what to do about it."""


class EngineError(Exception):
    """Any error of the engine that a user can act on; the command line prints it without a traceback."""


class DatasetError(EngineError):
    """A dataset is missing, malformed or contradicts itself."""


class ModelError(EngineError):
    """A language model cannot do what was asked of it."""


class ModelUnavailable(ModelError):
    """A model cannot be reached or loaded; the message says what to start or install."""


class PlanError(EngineError):
    """A run plan cannot be carried out as written."""


class LogError(EngineError):
    """The run log cannot be read, written or verified."""
