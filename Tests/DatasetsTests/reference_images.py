# Makes ImageReferences.swift: small JPEG and PNG images of many forms, and what Pillow makes of them.
# python3 reference_images.py > ImageReferences.swift, with Pillow 12 or later
import base64
import io
import struct
import zlib

from PIL import Image

width, height = 13, 9
rgb = Image.new("RGB", (width, height))
for y in range(height):
    for x in range(width):
        rgb.putpixel((x, y), (x * 19, y * 28, (x * y * 3 + 40) % 256))
gray = rgb.convert("L")


def text(data):
    return base64.b64encode(data).decode()


def saved(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(depth, color, rows, extra=b"", interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def packed_rows(depth):
    rows = b""
    for y in range(height):
        bits = "".join(format(gray.getpixel((x, y)) >> (8 - depth), f"0{depth}b") for x in range(width))
        bits += "0" * (-len(bits) % 8)
        rows += b"\0" + bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return rows


def scaled(depth):
    most = (1 << depth) - 1
    return bytes((gray.getpixel((x, y)) >> (8 - depth)) * 255 // most for y in range(height) for x in range(width))


def exif(orientation):
    image = Image.Exif()
    image[0x0112] = orientation
    return image.tobytes()


cases = []


def add(name, data, pixels=None):
    opened = Image.open(io.BytesIO(data))
    channels = 1 if opened.mode in ("1", "L", "LA", "I", "I;16") else 3
    if pixels is None:
        pixels = opened.convert("L" if channels == 1 else "RGB").tobytes()
    cases.append((name, channels, text(data), text(pixels)))


add("jpeg", saved(rgb, "JPEG", quality=90))
add("jpeg 4:4:4", saved(rgb, "JPEG", quality=95, subsampling=0))
add("jpeg gray", saved(gray, "JPEG", quality=90))
add("jpeg progressive", saved(rgb, "JPEG", quality=90, progressive=True))
add("jpeg CMYK", saved(rgb.convert("CMYK"), "JPEG", quality=95))
add("jpeg in RGB", saved(rgb, "JPEG", quality=95, keep_rgb=True))
add("jpeg with restarts", saved(rgb, "JPEG", quality=90, restart_marker_blocks=1))
add("png", saved(rgb, "PNG"))
add("png gray", saved(gray, "PNG"))
for depth in (1, 2, 4):
    add(f"png gray of {depth} bit", png(depth, 0, packed_rows(depth)), scaled(depth))
values = [[(gray.getpixel((x, y)) * 257 + 3 * x) % 65536 for x in range(width)] for y in range(height)]
rows = b"".join(b"\0" + b"".join(struct.pack(">H", v) for v in row) for row in values)
add("png gray of 16 bit", png(16, 0, rows), bytes((v * 255 + 32767) // 65535 for row in values for v in row))
add("png palette", saved(rgb.quantize(16), "PNG"))
add("png palette with transparency", saved(rgb.quantize(16), "PNG", transparency=3))
rgba = rgb.copy()
rgba.putalpha(gray)
add("png RGBA", saved(rgba, "PNG"))
la = gray.copy()
la.putalpha(gray)
add("png gray with alpha", saved(la, "PNG"))
# interlaced by Adam7: seven passes of (x0, y0, dx, dy)
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
rows = b""
for x0, y0, dx, dy in passes:
    for y in range(y0, height, dy):
        line = b"".join(bytes(rgb.getpixel((x, y))) for x in range(x0, width, dx))
        if line:
            rows += b"\0" + line
add("png interlaced", png(8, 2, rows, interlace=1))
one = Image.new("RGB", (1, 1), (200, 100, 50))
cases.append(("png of one pixel", 3, text(saved(one, "PNG")), text(one.tobytes())))

from PIL import ImageOps

for orientation in range(1, 9):
    for form in ("JPEG", "PNG"):
        options = {"quality": 95, "subsampling": 0} if form == "JPEG" else {}
        data = saved(rgb, form, exif=exif(orientation), **options)
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        cases.append((f"{form} of orientation {orientation}", 3, text(data), text(turned.tobytes())))

print("// Made by reference_images.py with Pillow.\n")
print("/// Images of many forms, and their pixels as Pillow decodes them.")
print("enum ImageReferences {")
print(f"    static let (height, width) = ({height}, {width})\n")
print("    /// A name, the number of channels, the file and its pixels, in base 64.")
print("    static let images: [(name: String, channels: Int, file: String, pixels: String)] = [")
for name, channels, data, pixels in cases:
    print(f'        (\n            "{name}", {channels},')
    for part, comma in ((data, ","), (pixels, "")):
        print('            """')
        lines = [part[i : i + 100] for i in range(0, len(part), 100)]
        for number, line in enumerate(lines):
            print(f"            {line}" + ("" if number == len(lines) - 1 else "\\"))
        print('            """' + comma)
    print("        ),")
print("    ]\n")
print("    /// Sizes [height, width] and a CRC-32 of the example resized to it: BILINEAR.")
print("    static let resized: [(height: Int, width: Int, gray: UInt32, rgb: UInt32)] = [")
for size in ((4, 5), (9, 6), (3, 13), (1, 1), (20, 31), (9, 13), (2, 40)):
    target = (size[1], size[0])
    g = zlib.crc32(gray.resize(target, Image.BILINEAR).tobytes())
    c = zlib.crc32(rgb.resize(target, Image.BILINEAR).tobytes())
    print(f"        ({size[0]}, {size[1]}, {g:#010x}, {c:#010x}),")
print("    ]")
print("}")
