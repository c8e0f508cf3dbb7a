"""The one place that prints: what the technician sees on the Box's own console."""


def say(line):
    print(line)
