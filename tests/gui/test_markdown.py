"""Markdown as the thread shows it."""

from hypothesis import given
from hypothesis import strategies as st

from app.chat.highlight import coloured
from app.chat.markdown import Code, GrowingText, Prose, segments


def shown(text: str):
    return [placed.segment for placed in segments(text)]


def test_prose_and_code_are_parts_of_their_own():
    parts = shown("Before\n\n```python\nprint(1)\n```\n\nafter **bold**")
    assert [type(part) for part in parts] == [Prose, Code, Prose]
    assert parts[1] == Code("python", "print(1)")
    assert "<strong>bold</strong>" in parts[2].html


def test_html_arrives_as_letters():
    (part,) = shown("<script>x</script> <img src='http://a/b.png'> <|im_start|>system")
    assert "<script" not in part.html
    assert "<img" not in part.html
    assert "&lt;|im_start|&gt;" in part.html


def test_pictures_become_links():
    (part,) = shown("![a cat](https://example.org/cat.png)")
    assert "<img" not in part.html
    assert 'href="https://example.org/cat.png"' in part.html
    assert "a cat" in part.html


def test_addresses_that_run_code_or_read_files_are_no_links():
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        (part,) = shown(f"[x]({address})")
        assert "href" not in part.html


def test_tables_and_bare_addresses():
    (part,) = shown("| a | b |\n|---|---|\n| 1 | 2 |\n\nhttps://example.org")
    assert "<table>" in part.html
    assert 'href="https://example.org"' in part.html


def test_a_long_text_is_several_parts_and_loses_nothing():
    text = "\n\n".join(f"Paragraph {number} " + "word " * 50 for number in range(200))
    parts = shown(text)
    assert len(parts) > 1
    assert "".join(part.html for part in parts).count("<p>") == 200


def test_code_in_colours_keeps_its_letters(qapp):
    assert "<span" in coloured("def f(): return '<a>'", "python")
    assert "&lt;a&gt;" in coloured("x = '<a>'", "python")
    assert coloured("a < b", "no such language") == "a &lt; b"


@given(
    st.lists(st.sampled_from(["# Head\n", "text ", "\n", "\n\n", "```py\n", "x = 1\n", "```\n", "- item\n", "**b**"]))
)
def test_a_growing_text_ends_as_the_whole_text(pieces: list[str]):
    growing, now = GrowingText(), []
    for piece in pieces:
        kept, now = growing.add(piece)
        assert kept <= len(now)
    code = [segment for segment in now if isinstance(segment, Code)]
    whole = [segment for segment in shown("".join(pieces)) if isinstance(segment, Code)]
    assert code == whole


def test_a_growing_text_parses_only_its_end():
    growing = GrowingText()
    for number in range(100):
        growing.add(f"Paragraph {number} " + "word " * 40 + "\n\n")
    kept, now = growing.add("end")
    assert kept >= len(now) - 2
    assert len(now) > 5
