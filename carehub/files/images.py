"""Pictures drawn anew: only the dots survive. Metadata (where it was taken, on what), comments, profiles, and whatever hides
behind the end of the picture stay behind.
"""

import io
import warnings

from PIL import Image, ImageOps

from carehub.files.detection import JPEG, PNG, WEBP
from carehub.files.refusals import Refused

#: What Pillow may try: exactly the form that the first bytes say.
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
#: A4 at 300 dots an inch: the longer side of what is kept.
LONGEST_SIDE = 3508
SMALLEST_SIDE = 8
JPEG_QUALITY = 85
#: A lossless picture that stays below this is kept lossless.
PNG_KEPT = 4_000_000


def redraw(data: bytes, kind: str, *, most_pixels: int) -> tuple[bytes, str]:
    """The picture's dots as a new JPEG or PNG, upright, in eight-bit grey or colour on white; its content type.

    The size in dots is checked before anything is decoded. Raises Refused.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about what is refused below
            with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
                _measure(picture, kind, most_pixels)
                picture.load()
                drawn = _plain(ImageOps.exif_transpose(picture))
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("too-many-pixels", {"have": ">178", "most": most_pixels // 1_000_000}) from None
    except MemoryError:
        raise Refused("too-hard") from None
    except Exception:  # decoders fail in a hundred ways, all of which mean this
        raise Refused("damaged") from None
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if kind == PNG and len(lossless := _written(drawn, "PNG", optimize=True)) <= PNG_KEPT:
        return lossless, PNG
    return _written(drawn, "JPEG", quality=JPEG_QUALITY, optimize=True), JPEG


def _measure(picture: Image.Image, kind: str, most_pixels: int) -> None:
    width, height = picture.size
    if min(width, height) < SMALLEST_SIDE:
        raise Refused("too-small")
    if width * height > most_pixels:
        raise Refused("too-many-pixels", {"have": -(-width * height // 1_000_000), "most": most_pixels // 1_000_000})
    # Many telephones put a second picture (depth, brightness) behind a JPEG; the first is the photograph.
    if kind != JPEG and getattr(picture, "n_frames", 1) > 1:
        raise Refused("moving")


def _plain(picture: Image.Image) -> Image.Image:
    """Eight bits, grey or colour, nothing transparent, and none of the original's extras."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 and 32 bits: scaled, where a conversion would cut
        high = picture.getextrema()[1]
        top = 65535 if picture.mode.startswith("I") and high > 255 else max(high, 1)
        plain = picture.convert("F").point(lambda value: value * (255 / top)).convert("L")
    elif "A" in picture.getbands() or "transparency" in picture.info:
        alpha = picture.convert("RGBA")
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(alpha, mask=alpha.getchannel("A"))
    else:
        plain = picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")
    plain.info.clear()
    return plain


def _written(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
