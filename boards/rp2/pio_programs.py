"""The two programs of a UART for PIO state machines: eight cycles make one bit."""

from rp2 import PIO, asm_pio

TYPE_CHECKING = False
if TYPE_CHECKING:  # asm_pio() brings these words along
    from rp2.asm_pio import (
        in_,
        isr,
        jmp,
        label,
        mov,
        noblock,
        null,
        out,
        pin,
        pins,
        pull,
        push,
        set,
        wait,
        x,
        x_dec,
    )

CYCLES_A_BIT = 8


@asm_pio(set_init=PIO.OUT_HIGH, out_init=PIO.OUT_HIGH, out_shiftdir=PIO.SHIFT_RIGHT)
def sending():
    pull()
    set(pins, 0)[6]
    set(x, 7)
    label("bit")
    out(pins, 1)[6]
    jmp(x_dec, "bit")
    set(pins, 1)[6]  # with the next pull, a whole stop bit


@asm_pio(in_shiftdir=PIO.SHIFT_RIGHT, fifo_join=PIO.JOIN_RX)
def receiving():
    label("idle")
    wait(0, pin, 0)
    set(x, 7)[10]  # into the middle of the first bit
    label("bit")
    in_(pins, 1)[6]
    jmp(x_dec, "bit")
    jmp(pin, "whole")
    mov(isr, null)  # no stop bit: noise, or the other end was switched off
    wait(1, pin, 0)
    jmp("idle")
    label("whole")
    push(noblock)
