"""An empty folder for one test, on either interpreter."""

import binascii
import os


def make():
    """Return the path of a new folder below build/."""
    path = "build/scratch-" + str(binascii.hexlify(os.urandom(6)), "ascii")
    for folder in ("build", path):
        try:
            os.mkdir(folder)
        except OSError:
            pass  # build/ is there already
    return path


def remove(path):
    for name in os.listdir(path):
        os.remove(path + "/" + name)
    os.rmdir(path)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()
