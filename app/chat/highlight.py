"""Code in colours: Pygments' tokens in the theme's roles."""

from html import escape

from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

from app.theme import theme

LONGEST = 40_000
"""Characters beyond which code stays in one colour: colouring must not hold up the window."""

_ROLES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "code_comment"),
    (Keyword, "code_keyword"),
    (String, "code_string"),
    (Number, "code_number"),
    (Name.Function, "code_name"),
    (Name.Class, "code_name"),
    (Name.Builtin, "code_name"),
    (Name.Tag, "code_keyword"),
    (Name.Attribute, "code_name"),
    (Operator.Word, "code_keyword"),
)


def lexer_for(language: str) -> Lexer:
    """Pygments' lexer for a language as a fence names it; plain text for an unknown one."""
    try:
        return get_lexer_by_name(language or "text")
    except ClassNotFound:
        return TextLexer()


def coloured(code: str, language: str) -> str:
    """The code as HTML for a `<pre>`."""
    if len(code) > LONGEST:
        return escape(code)
    roles = theme().roles
    pieces = []
    for kind, text in lexer_for(language).get_tokens(code):
        role = next((role for parent, role in _ROLES if kind in parent), "") if kind is not Token.Text else ""
        pieces.append(f'<span style="color:{roles[role]}">{escape(text)}</span>' if role else escape(text))
    return "".join(pieces).rstrip("\n")
