"""A story that breaks a promise, without the deeds that it does not need."""


def shortened(story, why_of):
    """Leave out deeds, the last first, for as long as it breaks some promise; return the rest.

    why_of(story) returns which promise it breaks, or "" if it breaks none or cannot happen.
    """
    at = len(story) - 1
    while at >= 0:
        shorter = story[:at] + story[at + 1 :]
        if shorter and why_of(shorter):
            story = shorter
        at -= 1
    return story
