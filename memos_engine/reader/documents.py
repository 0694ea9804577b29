"""Documents (.md .txt .pdf .html .docx) as pages of text, through the libraries of each format."""

import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memos_engine.errors import FileRejectedError, NotFoundError, TooLargeError
from memos_engine.reader.plain_text import decode, storable

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

LARGEST_FILE = 32 * 2**20
"""Bytes of a file that is still read."""
LARGEST_TEXT = 20_000_000
"""Characters that a document may unfold to."""

_NOT_THE_TEXT = ("script", "style", "noscript", "template", "svg", "head", "nav", "iframe", "object")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_PARSER_FAILURES = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, NotImplementedError, OSError,
)  # fmt: skip
"""What the PDF library lets through on malformed files, beside its own errors."""
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class DocumentPage:
    """The text of one page, counted from 1; a file without pages is page 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Document:
    """A file as text. `author` is what the file itself says, or empty; `digest` is the SHA-256 of its bytes, in hex."""

    name: str
    title: str
    author: str
    media_type: str
    digest: str
    pages: tuple[DocumentPage, ...]

    @property
    def text(self) -> str:
        """All pages, a blank line between."""
        return "\n\n".join(page.text for page in self.pages)


@dataclass(frozen=True)
class _Content:
    pages: list[str]
    title: str = ""
    author: str = ""


def is_document(file: Path) -> bool:
    """Whether the name says that `read_document` can read it."""
    return file.suffix.lower() in _FORMATS


def read_document(file: Path) -> Document:
    """The text of a document.

    Raises `NotFoundError`, `TooLargeError` above `LARGEST_FILE` bytes or `LARGEST_TEXT` characters, and
    `FileRejectedError` for an unknown format and for an empty, binary, damaged, encrypted or wordless file.
    """
    name = file.name
    try:
        media_type, extract = _FORMATS[file.suffix.lower()]
    except KeyError:
        raise FileRejectedError(
            f"{name} is of a kind that cannot be read.", f"Files that can be read: {', '.join(_FORMATS)}."
        ) from None
    content = read_bytes(file)
    extracted = extract(content, name)
    if sum(map(len, extracted.pages)) > LARGEST_TEXT:
        raise TooLargeError(f"{name} holds more than {LARGEST_TEXT:,} characters.", "Split it into parts.")
    pages = tuple(DocumentPage(number, text.strip()) for number, text in enumerate(extracted.pages, 1))
    if not any(page.text for page in pages):
        raise FileRejectedError(
            f"There is no text in {name}.", "A scanned document has to be recognised as text first."
        )
    return Document(
        name=storable(name),
        title=storable(extracted.title).strip() or storable(file.stem),
        author=storable(extracted.author).strip(),
        media_type=media_type,
        digest=hashlib.sha256(content).hexdigest(),
        pages=pages,
    )


def read_bytes(file: Path) -> bytes:
    """The content of a file of at most `LARGEST_FILE` bytes. Raises `NotFoundError`, `TooLargeError`, and
    `FileRejectedError` for an empty file, for what is no file, and for one that may not be read."""
    try:
        if file.is_dir() or (file.exists() and not file.is_file()):
            raise FileRejectedError(f"{file.name} is not a file.", "Choose a file.")
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {file.name} in {file.parent}.", "Check the name.") from None
    except OSError as error:
        raise FileRejectedError(
            f"{file.name} could not be read: {error.strerror}.", "Check its permissions."
        ) from error
    if len(content) > LARGEST_FILE:
        raise TooLargeError(f"{file.name} is larger than {LARGEST_FILE // 2**20} MB.", "Split it into parts.")
    if not content.strip():
        raise FileRejectedError(f"{file.name} is empty.")
    return content


def _text(content: bytes, name: str) -> _Content:
    return _Content([decode(content, name)])


def _markdown(content: bytes, name: str) -> _Content:
    import frontmatter
    from yaml import YAMLError

    text = decode(content, name)
    try:
        metadata, body = frontmatter.parse(text)
    except (YAMLError, ValueError, TypeError):
        metadata, body = {}, text
    heading = _HEADING.search(body)
    title = metadata.get("title") or (heading.group(1) if heading else "")
    author = metadata.get("author", "")
    return _Content([body], str(title), author if isinstance(author, str) else "")


def _html(content: bytes, name: str) -> _Content:
    from bs4 import BeautifulSoup

    if b"<" not in content or b"\0" in content:
        return _text(content, name)
    soup = BeautifulSoup(content, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    author = soup.find("meta", attrs={"name": "author"})
    said = author.get("content") if author else ""
    return _Content([_body_of(soup)], title, said if isinstance(said, str) else "")


def _body_of(soup: "BeautifulSoup") -> str:
    from markdownify import MarkdownConverter

    for tag in soup.find_all(_NOT_THE_TEXT):
        tag.decompose()
    converter = MarkdownConverter(
        heading_style="ATX", bullets="-", strip=["a", "img", "b", "strong", "em", "i"], escape_misc=False,
        escape_asterisks=False, escape_underscores=False,
    )  # fmt: skip
    try:
        text = storable(converter.convert_soup(soup))
    except RecursionError:
        text = storable(soup.get_text("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n")))


def _docx(content: bytes, name: str) -> _Content:
    import mammoth
    from bs4 import BeautifulSoup

    damaged = FileRejectedError(
        f"{name} is damaged or no Word document.", "Open it in a word processor and save it again."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > 20 * LARGEST_FILE:
                raise TooLargeError(
                    f"{name} unfolds to more than {20 * LARGEST_FILE // 2**20} MB.", "Split it into parts."
                )
            if "word/document.xml" not in archive.namelist():
                raise damaged
        no_pictures = mammoth.images.img_element(lambda _: {})
        html = mammoth.convert_to_html(io.BytesIO(content), convert_image=no_pictures).value
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        ValueError,
        OSError,
        SyntaxError,
        AttributeError,
    ) as error:
        raise damaged from error
    return _Content([_body_of(BeautifulSoup(html, "html.parser"))])


def _pdf(content: bytes, name: str) -> _Content:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRejectedError(f"{name} is protected by a password.", "Save a copy without the password.")
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            pages.append(storable(page.extract_text()))
            length += len(pages[-1])
            if length > LARGEST_TEXT:
                break
        facts = reader.metadata
        return _Content(pages, (facts and facts.title) or "", (facts and facts.author) or "")
    except (PyPdfError, *_PARSER_FAILURES) as error:
        raise FileRejectedError(f"{name} is damaged or no PDF.", "Open it in a viewer and save it again.") from error


_FORMATS: dict[str, tuple[str, Callable[[bytes, str], _Content]]] = {
    ".md": ("text/markdown", _markdown),
    ".markdown": ("text/markdown", _markdown),
    ".txt": ("text/plain", _text),
    ".pdf": ("application/pdf", _pdf),
    ".html": ("text/html", _html),
    ".htm": ("text/html", _html),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
}
