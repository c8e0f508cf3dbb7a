"""The sound card of a Linux board, through ALSA's library (alsa-lib: pcm.h)."""

import struct

import ffi

_PLAYBACK, _NONBLOCK = 0, 1
_S16_LE, _INTERLEAVED, _MONO, _RATE_HZ, _RESAMPLE, _LATENCY_US = 2, 3, 1, 8000, 1, 500_000
_BYTES_PER_FRAME = 2


class SoundCard:
    """Opens when first used; write() raises OSError when the card does not take the samples."""

    def __init__(self, name):
        self._name = name
        self._pcm = None

    def write(self, pcm):
        """Queue signed 16-bit mono samples at 8000 Hz, or raise OSError if they do not fit."""
        if self._pcm is None:
            self._open()
        frames = len(pcm) // _BYTES_PER_FRAME
        done = self._writei(self._pcm, pcm, frames)
        if done < 0 and self._recover(self._pcm, done, 1) == 0:
            done = self._writei(self._pcm, pcm, frames)
        if done != frames:
            raise OSError("the sound card " + self._name + " took " + str(done) + " frames")

    def drain(self):
        """The card plays what it has to the last frame by itself."""

    def _open(self):
        library = ffi.open("libasound.so.2")
        handle = bytearray(struct.calcsize("P"))
        opened = library.func("i", "snd_pcm_open", "psii")(
            handle, self._name, _PLAYBACK, _NONBLOCK
        )
        if opened < 0:
            raise OSError("the sound card " + self._name + " cannot be opened")
        pcm = struct.unpack("P", handle)[0]
        set_params = library.func("i", "snd_pcm_set_params", "piiIIiI")
        if set_params(pcm, _S16_LE, _INTERLEAVED, _MONO, _RATE_HZ, _RESAMPLE, _LATENCY_US) < 0:
            raise OSError("the sound card " + self._name + " does not play 8000 Hz mono")
        self._writei = library.func("l", "snd_pcm_writei", "ppL")
        self._recover = library.func("i", "snd_pcm_recover", "pii")
        self._pcm = pcm
