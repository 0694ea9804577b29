import io
from pathlib import Path

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from memos_engine.errors import FileRejectedError, NotFoundError, TooLargeError
from memos_engine.reader import documents
from memos_engine.reader.documents import read_document


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def pdf(folder: Path, pages: list[str], **kwargs: str) -> Path:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for text in pages:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return written(folder, "letter.pdf", buffer.getvalue())


def test_markdown_gives_title_and_author_of_its_front_matter(tmp_path: Path) -> None:
    read = read_document(
        written(tmp_path, "a.md", "---\ntitle: My garden\nauthor: Ana\n---\n# Plan\n\nTomatoes in May.\n")
    )
    assert (read.title, read.author) == ("My garden", "Ana")
    assert read.pages[0].text == "# Plan\n\nTomatoes in May."


def test_markdown_without_front_matter_takes_its_first_heading_as_title(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "a.md", "Intro\n\n## Recipes ##\n\nSoup.")).title == "Recipes"


def test_broken_front_matter_is_read_as_text(tmp_path: Path) -> None:
    read = read_document(written(tmp_path, "a.md", "---\ntitle: [oops\n---\nStill here."))
    assert "Still here." in read.text


def test_html_gives_its_words_and_leaves_scripts_out(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Trip</title><meta name='author' content='Bo'><style>p{}</style></head><body>"
        "<script>steal()</script><h1>Lisbon</h1><p>We <b>flew</b> there in <a href='http://x'>June</a>.</p></body></html>"
    )
    read = read_document(written(tmp_path, "a.html", page))
    assert (read.title, read.author) == ("Trip", "Bo")
    assert read.pages[0].text == "# Lisbon\n\nWe flew there in June."


def test_html_in_a_declared_old_encoding(tmp_path: Path) -> None:
    page = "<html><head><meta charset='iso-8859-15'></head><body><p>Zürich café</p></body></html>"
    assert read_document(written(tmp_path, "a.htm", page.encode("iso-8859-15"))).text == "Zürich café"


def test_word_document_gives_headings_and_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Minutes", 1)
    document.add_paragraph("Eva takes the keys.")
    document.save(str(tmp_path / "a.docx"))
    assert read_document(tmp_path / "a.docx").text == "# Minutes\n\nEva takes the keys."


def test_pdf_gives_one_page_for_each(tmp_path: Path) -> None:
    read = read_document(pdf(tmp_path, ["First page", "Second page"]))
    assert [(page.number, page.text) for page in read.pages] == [(1, "First page"), (2, "Second page")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_common_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Der Käse schmeckt in München besonders gut. Größere Stücke kauft man am Viktualienmarkt. " * 5
    assert read_document(written(tmp_path, "a.txt", text.encode(encoding))).text == text.strip()


def test_control_characters_do_not_get_in(tmp_path: Path) -> None:
    read = read_document(written(tmp_path, "a.txt", "one\r\ntwo\x00three" + " and more words" * 20))
    assert read.text.startswith("one\ntwothree and")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.md", b" \n\t\n", "empty"),
        ("image.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "not a text file"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Cat", "damaged or no PDF"),
        ("text.docx", b"this is no archive", "damaged or no Word document"),
        ("song.mp3", b"ID3", "cannot be read"),
        ("wordless.html", b"<html><body><img src='x'></body></html>", "no text"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(FileRejectedError, match=says):
        read_document(written(tmp_path, name, content))


def test_pdf_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRejectedError, match="no text"):
        read_document(pdf(tmp_path, [""]))


def test_a_file_above_the_limit_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as stream:
        stream.truncate(50 * 2**20)
    with pytest.raises(TooLargeError, match="32 MB"):
        read_document(file)


def test_a_text_that_unfolds_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST_TEXT", 10)
    with pytest.raises(TooLargeError):
        read_document(written(tmp_path, "a.txt", "eleven characters and more"))


def test_missing_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_document(tmp_path / "none.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(FileRejectedError, match="not a file"):
        read_document(tmp_path / "folder.txt")
