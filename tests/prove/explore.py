"""Goes through everything that may happen, until a promise is broken.

A world cannot be copied, so one is begun anew for each branch and lives the story so far once
more; that it then is in the same state as before is checked each time.  Branches are taken in no
order, but the same in each run: what is broken shows soon, wherever it is.
"""

import random
import time
from typing import NamedTuple

from tests.prove import promises
from tests.prove.deeds import CUT, TORN, Deeds
from tests.prove.digest import digest
from tests.prove.world import NotPossible, Stage, World, dawn

_TELL_S = 10


class NotTheSame(Exception):
    """The same deeds led to another state: nothing is proven."""


class Found(NamedTuple):
    """story: the deeds that broke a promise, or None; why: which; whole: nothing was left out."""

    states: int
    transitions: int
    depth: int
    story: list[str] | None
    why: str
    whole: bool


class Branch(NamedTuple):
    """A story, and the state it had led to before its last deed."""

    story: list[str]
    before: bytes


class Life:
    """One world and the deeds left in it."""

    def __init__(self, stage, dawn, left):
        self.world = World(stage, dawn)
        self.deeds = Deeds(self.world, left)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.world.close()

    def digest(self):
        return digest(self.world, self.deeds.left)

    def broken(self):
        return promises.broken(self.world)


class Explorer:
    """tell(states, transitions) is called now and then."""

    def __init__(self, scene, most_states, tell):
        self._left, self._calm = scene.left, scene.calm
        self._most_states = most_states
        self._tell = tell
        self._told = time.monotonic()
        self._stage = Stage()
        self._dawn = dawn(self._stage)
        self._dice = random.Random(1)
        self._seen = set()
        self._branches = []
        self._transitions = self._depth = 0

    def explore(self):
        """Return Found."""
        with self.life() as life:
            story = [self._calmly(life) for _ in range(self._calm)]
            here = life.digest()
            self._seen.add(here)
            self._branches += [Branch([*story, deed], here) for deed in life.deeds.possible()]
        while self._branches and len(self._seen) < self._most_states:
            story, why = self._follow(self._any_branch())
            if why:
                return self._found(story, why)
            self._tell_sometimes()
        return self._found(None, "")

    def why(self, story):
        """Return which promise this story breaks, or "" if none, or if it cannot happen."""
        with self.life() as life:
            try:
                for deed in story:
                    life.deeds.do(deed)
            except NotPossible:
                return ""
            return next(iter(life.broken()), "")

    def close(self):
        self._stage.close()

    def life(self):
        """Return a Life at its beginning."""
        return Life(self._stage, self._dawn, self._left)

    def _calmly(self, life):
        deed = life.deeds.calm()
        life.deeds.do(deed)
        return deed

    def _any_branch(self):
        at = self._dice.randrange(len(self._branches))
        self._branches[at], self._branches[-1] = self._branches[-1], self._branches[at]
        return self._branches.pop()

    def _follow(self, branch):
        """Live this branch, and the first that leaves it again and again; return (story, why)."""
        story, here = list(branch.story), branch.before
        with self.life() as life:
            for deed in story[:-1]:
                life.deeds.do(deed)
            if life.digest() != here:
                raise NotTheSame(f"twice the same story, and not the same end: {story[:-1]}")
            while True:
                here = self._gone_on(life, story, here)
                if here is None:
                    return story, ""
                why = next(iter(life.broken()), "")
                if why:
                    return story, why
                story += self._branch_off(life, story, here)

    def _gone_on(self, life, story, before):
        """Do the last deed of the story; return the digest then, or None if it is not new."""
        deed = story[-1]
        may_fail = life.deeds.left.get(CUT) and ", " not in deed
        try:
            operations = life.deeds.do(deed)
        except NotPossible:
            return None
        self._transitions += 1
        self._depth = max(self._depth, len(story))
        for number in range(1, operations + 1) if may_fail else ():
            for how in (CUT, TORN):
                self._branches.append(Branch([*story[:-1], f"{deed}, {how} {number}"], before))
        after = life.digest()
        if after in self._seen:
            return None
        self._seen.add(after)
        return after

    def _branch_off(self, life, story, here):
        """Note every deed that is possible now but the first; return that, in a list."""
        deeds = life.deeds.possible()
        self._branches += [Branch([*story, deed], here) for deed in deeds[1:]]
        return deeds[:1]

    def _tell_sometimes(self):
        if time.monotonic() - self._told >= _TELL_S:
            self._told = time.monotonic()
            self._tell(len(self._seen), self._transitions)

    def _found(self, story, why):
        whole = not self._branches
        return Found(len(self._seen), self._transitions, self._depth, story, why, whole)
