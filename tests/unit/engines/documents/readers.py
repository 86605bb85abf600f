"""What others read in a copy: pypdf (structure, fonts, text) and PDFium (text as it is seen)."""

import io
import unicodedata
from dataclasses import dataclass
from typing import Any

import pypdf
import pypdfium2
from pypdf.generic import ArrayObject, DictionaryObject


@dataclass
class Tag:
    kind: str
    title: str
    alt: str


def opened(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def root(pdf):
    return _at(opened(pdf).trailer, "/Root")


def page_count(pdf):
    return len(opened(pdf).pages)


def text(pdf):
    """The text of all pages with every run of spaces and line ends as one space."""
    return " ".join(" ".join(page.extract_text() for page in opened(pdf).pages).split())


def seen_text(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        words = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return " ".join(unicodedata.normalize("NFKC", words).split())


def tags(pdf):
    """The structure tree, in reading order."""
    return list(_walk(root(pdf)["/StructTreeRoot"]))


def _walk(node):
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for item in node:
            yield from _walk(item)
    if not isinstance(node, DictionaryObject) or node.get("/Type") == "/MCR":
        return
    if "/S" in node:
        yield Tag(str(node["/S"])[1:], node.get("/T", ""), node.get("/Alt", ""))
    if "/K" in node:
        yield from _walk(node["/K"])


def _at(node: Any, *path: str | int):
    for step in path:
        node = node.get_object()[step]
    return node.get_object()


def fonts(pdf):
    """The descriptor of each font on each page."""
    return [
        _at(font, "/DescendantFonts", 0, "/FontDescriptor")
        for page in opened(pdf).pages
        for font in _at(page, "/Resources", "/Font").values()
    ]
