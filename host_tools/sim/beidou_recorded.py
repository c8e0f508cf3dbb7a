"""What real terminals were recorded to say, byte for byte; also what no program should believe.

Read in public manuals and repositories (acctech.com.cn, BDBluetoothTools and drivers).
"""

from host_tools.sim import beidou_line

NO_CARD_2 = b"BDICI,0000000,00000000,0000000,0,0,0,N,0"
NOT_SENT_2 = b"BDFKI,TXA,N,Y,0,0000"
NO_CARD_3 = b"BDFKI,000000,TCQ,Y,5,0"  # "Y", and yet a failure

SAID = (
    b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38",
    b"$BDICI,0166166,02097151,0000011,6,40,3,N,000*33",
    b"$BDFKI,TXA,Y,Y,0,0040*17",
    b"$BDTXR,1,0166166,1,,3132333433333335*46",
    b"$BDICP,15240507,2032472,1,3,0,N,1,Y,1,0,0,3,1,1,5,1,1,2,2,500,100,10,10*65",
    b"$BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0*4E",
    b"$BDFKI,082920,TCQ,Y,0,0*70",
    b"$BDFKI,000000,TCQ,Y,5,0*74",
    b"$BDPWI,000000.00,00,01,51,40,33,0*7B",
    b"$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*40",
)
# Its checksum is wrong: somebody's program said it.
NEVER_TRUE = b"$CCTXA,0123456,1,2,,A4BF1000200155512738F99088CBE27A916CB179732B33295183*35"


def everything() -> bytes:
    """Return all of it as one stream of lines."""
    lines = (*SAID, NEVER_TRUE, beidou_line.sentence(NO_CARD_2).strip())
    return b"".join(line + b"\r\n" for line in lines)
