"""What modems say, as it was recorded or stands in their manuals.

SBD: Iridium ISU AT Command Reference, examples of +SBDWB, +SBDIX, +SBDRB, +SBDSX, +CIEV.
4G: Quectel EC200U & EG915U TCP/IP Application Note V1.1 and AT Commands Manual, examples.
BeiDou: sentences of public manuals and repositories, the wrong checksum of one of them included.
"""

SBD = (
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\nREADY\r\n",
    b"\r\nSBDRING\r\n",
    b"\r\n0\r\n\r\nOK\r\n",
    b"\r\n2\r\n\r\nOK\r\n",
    b"AT+SBDIX\r\r\n+SBDIX: 0, 12, 1, 3, 5, 0\r\n\r\nOK\r\n",
    b"\r\n+SBDIX: 32, 7, 2, 0, 0, 0\r\n\r\nOK\r\n",
    b"\r\n+SBDSX: 1, 7, 0, -1, 1, 2\r\n\r\nOK\r\n",
    b"\r\n-MSSTM: 1ab2c3d4\r\n\r\nOK\r\n",
    b"\r\n-MSSTM: no network service\r\n",
    b"\r\n+CIEV:1,0\r\n",
    b"\r\n+CRIS:0,1\r\n",
    b"\r\nHARDWARE FAILURE: 2,14\r\n",
    b"\x00\x05hello\x02\x14",
    b"\x00\x00\x00\x00",
    b"\x01\x54" + b"\xff" * 340 + b"\x52\xac",
)

CELLULAR = (
    b"AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
    b"\r\n+CPIN: NOT READY\r\n",
    b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+QIND: PB DONE\r\n",
    b"\r\n+CME ERROR: 10\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CEREG: 0,5\r\n\r\nOK\r\n",
    b"\r\n+CGREG: 2\r\n",
    b"\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n",
    b"\r\n> ",
    b"\r\nSEND OK\r\n",
    b"\r\nSEND FAIL\r\n",
    b'\r\n+QIURC: "recv",0\r\n',
    b'\r\n+QIURC: "closed",0\r\n',
    b'\r\n+QIURC: "pdpdeact",1\r\n',
    b'\r\n+QIURC: "dnsgip",0,1,600\r\n\r\n+QIURC: "dnsgip","192.0.2.9"\r\n',
    b'\r\n+QIRD: 4,"10.7.76.34",7687\r\nAAAA\r\n\r\nOK\r\n',
    b'\r\n+QIRD: 1500,"10.7.76.34",7687\r\n' + b"\xff" * 1500 + b"\r\n\r\nOK\r\n",
    b"\r\n+QIRD: 0\r\n\r\nOK\r\n",
)

BEIDOU = (
    b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38\r\n",
    b"$BDICI,0166166,02097151,0000011,6,40,3,N,000*33\r\n",
    b"$BDICP,15240507,2032472,1,3,0,N,1,Y,1,0,0,3,1,1,5,1,1,2,2,500,100,10,10*65\r\n",
    b"$BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0*4E\r\n",
    b"$BDFKI,TXA,Y,Y,0,0040*17\r\n",
    b"$BDFKI,082920,TCQ,Y,0,0*70\r\n",
    b"$BDFKI,000000,TCQ,Y,5,0*74\r\n",
    b"$BDTXR,1,0166166,1,,3132333433333335*46\r\n",
    b"$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*40\r\n",
    b"$BDPWI,000000.00,00,01,51,40,33,0*7B\r\n",
    b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54\r\n",
    b"$CCICA,0,00*7B\r\n",
    b"$CCRMO,BSI,2,10*17\r\n",
    b"$CCTXA,244883,1,0,\xd2\xbb*24\r\n",
    b"$CCTXA,0242407,1,2,A4B9E3D6DDBAA3C1C4BFC6BCBCD3D0CFDEB9ABCBBE*0F\r\n",
    b"$CCTXA,0123456,1,2,,A4BF1000200155512738F99088CBE27A916CB179732B33295183*35\r\n",
)
