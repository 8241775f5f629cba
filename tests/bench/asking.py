"""Asking a server from four windows at once, and what it says each answer cost."""

import gzip
import html
import http.client
import json
import re
import statistics
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

import psycopg2

AT_ONCE = 4


@dataclass(frozen=True)
class Ask:
    """One request, ready to be sent. ``status``: what a good answer has."""

    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    post: Sequence[tuple[str, str]] | None = None
    status: int = 200


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return (gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body).decode()

    @property
    def cost(self) -> dict:
        return json.loads(self.headers["x-bench-cost"])


def send(port: int, ask: Ask, *, wanted: str = "costs", encodings: str = "gzip") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "X-Bench": wanted,
        "Accept-Encoding": encodings,
        "Cookie": "; ".join(f"{name}={value}" for name, value in ask.cookies.items()),
    }
    body = None
    if ask.post is not None:
        body = urlencode(ask.post)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    begun = time.perf_counter()
    try:
        connection.request("GET" if body is None else "POST", ask.path, body=body, headers=headers)
        response = connection.getresponse()
        whole = response.read()
        took = time.perf_counter() - begun
    finally:
        connection.close()
    answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, whole, took)
    assert answer.status == ask.status, f"{ask.path} answers {answer.status}: {answer.text[:300] if wanted == 'costs' else ''}"
    return answer


def four_at_once(port: int, asks: Iterable[Ask]) -> list[Answer]:
    waiting: SimpleQueue[Ask] = SimpleQueue()
    for ask in asks:
        waiting.put(ask)
    answers: list[Answer] = []
    problems: list[BaseException] = []

    def window() -> None:
        while not problems:
            try:
                answers.append(send(port, waiting.get_nowait()))
            except Empty:
                return
            except BaseException as problem:
                problems.append(problem)

    windows = [threading.Thread(target=window) for _ in range(AT_ONCE)]
    for each in windows:
        each.start()
    for each in windows:
        each.join()
    if problems:
        raise problems[0]
    return answers


def in_plain_sql(url: str, statements: Sequence[str], rounds: int = 15) -> float:
    """Seconds for the same statements without CareHub around them: sent, all rows fetched, taken back. The median of ``rounds``."""
    connection, took = psycopg2.connect(url), []
    try:
        for _ in range(rounds):
            with connection.cursor() as cursor:
                begun = time.perf_counter()
                for statement in statements:
                    cursor.execute(statement)
                    if cursor.description:
                        cursor.fetchall()
                took.append(time.perf_counter() - begun)
            connection.rollback()
    finally:
        connection.close()
    return statistics.median(took)


# --- Forms, read from their pages ---------------------------------------------------------------------------------------

_TEMPLATE = re.compile(r"<template\b.*?</template>", re.DOTALL)
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_FIELD = re.compile(r"<(input|select|textarea)\b([^>]*?)/?>(?:(?<=>)([^<]*)</textarea>)?", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_CHOSEN = re.compile(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


def form_of(page: str, having: str) -> list[tuple[str, str]]:
    """What the form that holds ``having`` would submit as it stands."""
    # The blank rows that a script copies are not part of the form.
    page = _TEMPLATE.sub("", page)
    inside = next(body for _attributes, body in _FORM.findall(page) if having in body)
    fields = []
    for kind, attributes, text in _FIELD.findall(inside):
        said = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        name, of = said.get("name"), said.get("type", "text")
        if not name or kind == "select" or of in ("submit", "file", "button"):
            continue
        if kind == "textarea":
            fields.append((name, html.unescape(text).lstrip("\n")))
        elif of not in ("checkbox", "radio") or "checked" in said:
            fields.append((name, said.get("value", "on" if of in ("checkbox", "radio") else "")))
    for name, options in _CHOSEN.findall(inside):
        chosen = re.search(r'<option\b(?=[^>]*\bselected)[^>]*value="([^"]*)"', options) or re.search(
            r'<option\b[^>]*value="([^"]*)"', options
        )
        if chosen:
            fields.append((name, html.unescape(chosen[1])))
    return fields


def filled(fields: Sequence[tuple[str, str]], **changes: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if name not in changes] + list(changes.items())
