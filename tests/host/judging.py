"""The auditor's word on a staged village, for tests."""

from tests.audit.__main__ import judge


class Judge:
    """judge(village) is {check: [its complaints]}, empty for a pass; verdict is the last one's."""

    def __init__(self, folder):
        self._folder = folder
        self.verdict = {}

    def __call__(self, village, demo=False):
        answers, self.verdict = judge(village.save(self._folder), demo)
        found = {a.name: a.finding.complaints for a in answers if not a.passed}
        serious = {a.name for a in answers if not a.passed and not a.is_warning}
        assert (self.verdict["verdict"] == "pass") == (bool(answers) and not serious)
        return found
