"""Writes small HEIC files, since no library at hand can: one HEVC still picture in a box.

Every block is coded as plain samples (ITU-T H.265 §7.3.8.7, pcm_sample), so the pixels are exact
and the entropy coder has next to nothing to do. Boxes follow ISO/IEC 14496-12 and 23008-12.
"""

import struct

import numpy as np

BLOCK = 16
# Table 9-52 (rangeTabLps), first rows: the one context here only ever sees its probable value.
LESS_PROBABLE = [
    (128, 176, 208, 240), (128, 167, 197, 227), (128, 158, 187, 216), (123, 150, 178, 205),
    (116, 142, 169, 195), (111, 135, 160, 185), (105, 128, 152, 175), (100, 122, 144, 166),
]  # fmt: skip


class Bits:
    """A bit string with the codes of H.265 §9.2."""

    def __init__(self):
        self.text = ""

    def u(self, width, value):
        self.text += format(value, f"0{width}b")
        return self

    def ue(self, *values):
        for value in values:
            code = format(value + 1, "b")
            self.text += "0" * (len(code) - 1) + code
        return self

    def align(self, first="1"):
        self.text += first
        self.text += "0" * (-len(self.text) % 8)
        return self

    def bytes(self):
        return int(self.text, 2).to_bytes(len(self.text) // 8, "big")


class Arithmetic:
    """The arithmetic encoder of H.265 §9.3.4, for one context and terminating bins."""

    def __init__(self, bits):
        self.bits, self.state = bits, 0
        self.start()

    def start(self):
        self.low, self.range, self.first, self.outstanding = 0, 510, True, 0

    def probable(self):
        self.range -= LESS_PROBABLE[self.state][self.range >> 6 & 3]
        self.state += 1
        self._renormalise()

    def terminate(self, value):
        self.range -= 2
        if not value:
            self._renormalise()
            return
        self.low += self.range
        self.range = 2
        self._renormalise()
        self._put(self.low >> 9 & 1)
        self.bits.u(2, self.low >> 7 & 3 | 1)

    def _renormalise(self):
        while self.range < 256:
            if self.low < 256:
                self._put(0)
            elif self.low >= 512:
                self.low -= 512
                self._put(1)
            else:
                self.low -= 256
                self.outstanding += 1
            self.range <<= 1
            self.low <<= 1

    def _put(self, bit):
        if self.first:
            self.first = False
        else:
            self.bits.u(1, bit)
        self.bits.text += str(1 - bit) * self.outstanding
        self.outstanding = 0


PROFILE = (3, 0x70000000, 0x90 << 40, 93)  # Main Still Picture, progressive frames


def _profile_tier_level(bits):
    idc, compatible, constraints, level = PROFILE
    return bits.u(3, 0).u(5, idc).u(32, compatible).u(48, constraints).u(8, level)


def video_parameters():
    bits = Bits().u(4, 0).u(2, 3).u(6, 0).u(3, 0).u(1, 1).u(16, 0xFFFF)
    _profile_tier_level(bits).u(1, 1).ue(0, 0, 0).u(6, 0).ue(0).u(2, 0)
    return _unit(32, bits.align())


def sequence_parameters(width, height):
    bits = _profile_tier_level(Bits().u(4, 0).u(3, 0).u(1, 1))
    bits.ue(0, 1, width, height).u(1, 0).ue(0, 0, 4).u(1, 1).ue(0, 0, 0)
    bits.ue(1, 0, 0, 2, 0, 0).u(3, 0)  # blocks of 16; no scaling lists, AMP or SAO
    bits.u(1, 1).u(4, 7).u(4, 7).ue(1, 0).u(1, 1)  # plain samples of 8 bits, never filtered
    return _unit(33, bits.ue(0).u(5, 0).align())


def picture_parameters():
    bits = Bits().ue(0, 0).u(7, 0).ue(0, 0, 0).u(3, 0).ue(0, 0).u(7, 0)
    bits.u(3, 0b101)  # deblocking: control present, no override, disabled
    return _unit(34, bits.u(2, 0).ue(0).u(2, 0).align())


def slice_of(luma, blue, red):
    bits = Bits().u(2, 0b10).ue(0, 2, 0).align()
    coder = Arithmetic(bits)
    blocks = [
        (y, x) for y in range(0, luma.shape[0], BLOCK) for x in range(0, luma.shape[1], BLOCK)
    ]
    for y, x in blocks:
        coder.probable()  # part_mode: the block is not divided
        coder.terminate(1)  # pcm_flag
        bits.align(first="")
        for plane, scale in ((luma, 1), (blue, 2), (red, 2)):
            side = BLOCK // scale
            samples = plane[y // scale :, x // scale :][:side, :side].tobytes()
            bits.u(8 * len(samples), int.from_bytes(samples, "big"))
        coder.start()
        coder.terminate(int((y, x) == blocks[-1]))
    return _unit(19, bits.align(first=""))


def _unit(kind, bits):
    """A NAL unit (§7.3.1), with the bytes that keep start codes from appearing by chance."""
    out, zeros = bytearray(), 0
    for byte in bits.bytes():
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes((kind << 1, 1)) + bytes(out)


def box(name, *parts, version=None, flags=0):
    head = b"" if version is None else struct.pack(">I", version << 24 | flags)
    body = head + b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def _configuration(units):
    idc, compatible, constraints, level = PROFILE
    head = struct.pack(">BBI", 1, idc, compatible) + constraints.to_bytes(6, "big")
    head += bytes((level, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, len(units)))
    for unit in units:
        head += struct.pack(">BHH", 0x80 | unit[0] >> 1, 1, len(unit)) + unit
    return box(b"hvcC", head)


def _items(kinds):
    entries = []
    for number, kind in enumerate(kinds, 1):
        tail = b"\0" + (b"application/rdf+xml\0" if kind == b"mime" else b"")
        entries.append(box(b"infe", struct.pack(">HH", number, 0), kind, tail, version=2))
    return box(b"iinf", struct.pack(">H", len(entries)), *entries, version=0)


def _places(start, sizes):
    rows = b""
    for number, size in enumerate(sizes, 1):
        rows += struct.pack(">HHHII", number, 0, 1, start, size)
        start += size
    return box(b"iloc", b"\x44\0", struct.pack(">H", len(sizes)), rows, version=0)


def heic(image, *, exif=b"", xmp=b"", icc=b"", primaries=1, turns=0, brand=b"heic"):
    """A HEIC file of `image`, whose sides are multiples of 16; `turns` are quarters, leftwards."""
    planes = np.asarray(image.convert("YCbCr"))
    luma, blue, red = (planes[..., i] for i in range(3))
    data = slice_of(luma, blue[::2, ::2].copy(), red[::2, ::2].copy())
    units = [video_parameters(), sequence_parameters(*image.size), picture_parameters()]
    properties = [_configuration(units), box(b"ispe", struct.pack(">II", *image.size), version=0)]
    if turns:
        properties.append(box(b"irot", bytes([turns])))
    meaning = struct.pack(">HHHB", primaries, 13, 6, 0x80)  # sRGB curve, BT.601, full range
    properties.append(box(b"colr", b"prof", icc) if icc else box(b"colr", b"nclx", meaning))
    held = [(b"hvc1", struct.pack(">I", len(data)) + data)]
    held += [(b"Exif", b"\0\0\0\0" + exif)] if exif else []
    held += [(b"mime", xmp)] if xmp else []
    return _file(brand, properties, held)


def _file(brand, properties, held):
    kind = box(b"ftyp", brand, b"\0\0\0\0", b"mif1", b"heic")
    links = bytes(0x80 | i for i in range(1, len(properties) + 1))
    association = struct.pack(">IHB", 1, 1, len(properties)) + links
    sizes = [len(data) for _, data in held]
    about = [box(b"cdsc", struct.pack(">HHH", n, 1, 1)) for n in range(2, len(held) + 1)]

    def meta(start):
        parts = [
            box(b"hdlr", bytes(4), b"pict", bytes(13), version=0),
            box(b"pitm", struct.pack(">H", 1), version=0),
            _places(start, sizes),
            _items([name for name, _ in held]),
            box(b"iref", *about, version=0) if about else b"",
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", association, version=0)),
        ]
        return box(b"meta", *parts, version=0)

    start = len(kind) + len(meta(0)) + 8
    return kind + meta(start) + box(b"mdat", *(data for _, data in held))
