"""Uploads are decoded in a process of their own, with little memory and little time: whatever a file does to a decoder, it
does it there, and the worst that comes of it is a refusal.

Run as a program it reads one upload from its standard input and writes one answer to its standard output: a line of JSON,
then the clean bytes.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

#: Address space; a picture of 50 million dots in colour with its copies fits in.
MEMORY = 1_500 * 1024 * 1024
PROCESSOR_SECONDS = 20
#: A web request is given up after 30 seconds; the person should be told before.
PATIENCE_SECONDS = 25
PROJECT = Path(__file__).resolve().parent.parent.parent


def clean_apart(data: bytes, kind: str, *, most_pixels: int, most_pages: int) -> tuple[bytes, str, int]:
    """Clean bytes, their content type, and pages, as ``clean`` gives them, made in a process apart. Raises Refused."""
    from carehub.files.refusals import Refused

    limits = {"kind": kind, "most_pixels": most_pixels, "most_pages": most_pages}
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, json.dumps(limits)],
            input=data,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},  # none of our secrets
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("too-hard") from None
    head, _, body = done.stdout.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:  # it died: out of memory, out of time, or the decoder crashed
        raise Refused("too-hard" if done.returncode < 0 else "damaged") from None
    if "refused" in answer:
        raise Refused(answer["refused"], answer["numbers"])
    return body, answer["content_type"], answer["pages"]


def clean(data: bytes, kind: str, *, most_pixels: int, most_pages: int) -> tuple[bytes, str, int]:
    """Clean bytes, their content type, and pages. Raises Refused."""
    from carehub.files import detection, images, pdf

    if kind == detection.PDF:
        made, pages = pdf.rasterise(data, most_pages=most_pages)
        return made, detection.PDF, pages
    made, content_type = images.redraw(data, kind, most_pixels=most_pixels)
    return made, content_type, 1


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no copy of somebody's scan behind
    sys.path.insert(0, str(PROJECT))
    from carehub.files.refusals import Refused

    limits = json.loads(sys.argv[1])
    body = b""
    try:
        body, content_type, pages = clean(sys.stdin.buffer.read(), **limits)
        answer = {"content_type": content_type, "pages": pages}
    except Refused as refusal:
        answer = {"refused": refusal.code, "numbers": refusal.numbers}
    except MemoryError:
        answer = {"refused": "too-hard", "numbers": {}}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
