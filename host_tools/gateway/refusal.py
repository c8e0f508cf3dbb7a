"""A person's request that is not done: why, in one sentence, and the HTTP status that says so."""

BAD, NOT_SIGNED_IN, FORBIDDEN, MISSING, CONFLICT = 400, 401, 403, 404, 409
TOO_LARGE, NOT_JSON, TOO_MANY, UNAVAILABLE = 413, 415, 429, 503


class Refused(Exception):
    """The reason is the text; nothing was changed."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason
