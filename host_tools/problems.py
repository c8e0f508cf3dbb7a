"""One kind of failure for people: what is wrong, what to do next, and the exit code for it."""

GENERAL = 1
USAGE = 2
NOT_FOUND = 3
UNREACHABLE = 4  # or no permission
MISMATCH = 5  # what was read is not what should be there
REFUSED = 8  # a signature, a scope or a passphrase
INTERRUPTED = 130


class Problem(Exception):
    """Something a person can put right.

    cause begins in lower case, for it may begin with the name of a file; next_step is ours.
    """

    def __init__(self, cause: str, next_step: str = "", exit_code: int = GENERAL):
        super().__init__(cause, next_step, exit_code)
        self.cause = cause
        self.next_step = next_step
        self.exit_code = exit_code

    def __str__(self):
        if not self.next_step:
            return f"{self.cause}."
        return f"{self.cause}. {self.next_step[0].upper()}{self.next_step[1:]}."
