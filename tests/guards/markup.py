"""Templates without running them: what is literally written, with a mark where a value will stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"
# Of what Jinja reads, only the raw text and the fact that a value is printed are of interest here.
ENVIRONMENT = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], autoescape=True)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def templates(*endings):
    """Return the paths of all templates, or of those with one of the endings, relative to their folder."""
    found = (path for path in TEMPLATES.rglob("*") if path.is_file())
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in found if not endings or path.suffix in endings)


def source(name):
    return (TEMPLATES / name).read_text(encoding="utf-8")


def literal(text):
    """Return a template's own text, each printed value as one mark."""
    parts = []
    for _, kind, value in ENVIRONMENT.lexer.tokeniter(text, None):
        if kind == "data":
            parts.append(value)
        elif kind == "variable_begin":
            parts.append(VALUE)
    return "".join(parts)


@dataclass
class Tag:
    """One start tag, where it stands in, and what its attributes say."""

    name: str
    attributes: dict
    line: int
    inside: tuple


@dataclass
class Markup(HTMLParser):
    """The tags and texts of a page; a text comes with the names of the tags around it."""

    tags: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    open: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        found = Tag(tag, {name: value or "" for name, value in attrs}, self.getpos()[0], tuple(self.open))
        self.tags.append(found)
        if tag not in VOID:
            self.open.append(found)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while any(one.name == tag for one in self.open):
            if self.open.pop().name == tag:
                break

    def handle_data(self, data):
        self.texts.append((data, tuple(self.open)))


def read(text):
    """Parse literal markup."""
    markup = Markup()
    markup.feed(literal(text))
    markup.close()
    return markup
