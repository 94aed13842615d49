"""Makes the files in `static/`: needs Python 3 with fontTools and brotli, and ffmpeg for the clip.

Everything is drawn by this script, so no file has a licence of its own.
"""

import math
import struct
import subprocess
import zlib
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

STATIC = Path(__file__).parent / "static"

# 5 x 7 pixels a letter.
LETTERS = {
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
}


def png(name, size, pixel):
    """Writes an RGBA image; `pixel(x, y)` gives the four bytes."""
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(x, y)) for x in range(size)) for y in range(size)
    )

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    (STATIC / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def orange(x, y):
    """An orange with a leaf on nothing: the alpha channel is the shape of the fruit."""
    if math.hypot((x - 60) / 15, (y - 9) / 6) < 1:
        return (42, 157, 87, 255)
    distance = math.hypot(x - 48, y - 51)
    if distance < 34:
        return (255, 140, 26, 255)
    if distance < 44:
        return (240, 118, 12, 255)
    return (0, 0, 0, 0)


def weave(x, y):
    """A woven basket in two browns; the left upper corner is the lighter one."""
    return (206, 160, 104, 255) if (x // 8 + y // 8) % 2 == 0 else (146, 98, 54, 255)


def font():
    unit, advance = 100, 600
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for letter, rows in LETTERS.items():
        pen = TTGlyphPen(None)
        for y, row in enumerate(rows.split()):
            for x, dot in enumerate(row):
                if dot == "#":
                    left, low = x * unit, (6 - y) * unit
                    pen.moveTo((left, low))
                    pen.lineTo((left, low + unit))
                    pen.lineTo((left + unit, low + unit))
                    pen.lineTo((left + unit, low))
                    pen.closePath()
        glyphs[letter] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(letter): letter for letter in LETTERS})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (advance, 0) for name in glyphs})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Shop Pixel", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.font.flavor = "woff2"
    builder.save(STATIC / "pixel.woff2")


def clip():
    source = "color=c=0x2a9d8f:s=64x64:d=1:r=10"
    dot = "drawbox=x=24:y=24:w=16:h=16:color=0xff8c1a:t=fill"
    subprocess.run(
        ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", source, "-vf", dot]
        + ["-c:v", "libvpx", "-b:v", "40k", "-fflags", "+bitexact", STATIC / "clip.webm"],
        check=True,
    )


if __name__ == "__main__":
    png("orange.png", 96, orange)
    png("weave.png", 32, weave)
    font()
    clip()
