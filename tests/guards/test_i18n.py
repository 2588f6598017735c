"""Every text can be said in English, and no text is written past the catalogue."""

import ast
import re
import subprocess
import sys
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import nodes

from tests.conftest import ROOT
from tests.guards import markup

ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES"
SAYING = {"_", "N_", "gettext", "ngettext"}
# Names, and words that are the same in every language.
SAME_EVERYWHERE = {"Nahplatz", "Deutsch", "English", "iPhone", "var", "mail", "flask", "spaces", "import"}
SHOWN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "label"}
# Words that no English sentence has; a string with one of them, or with an umlaut, is meant for readers.
WORDS = (
    "der die das den dem und oder nicht noch ist sind ein eine mit für auf dein deine du dich bitte kein keine wir "
    "Uhr Tag Platz"
)
GERMAN = re.compile(rf"\w[äöüßÄÖÜ]|[äöüßÄÖÜ]\w|„|\b(?:{'|'.join(WORDS.split())})\b")
# What stands between tags and is no text: addresses of our own, attributes written by macros, names of entries.
NO_TEXT = (
    re.compile(rf"{markup.VALUE}?(?:/[\w#-]+)+"),
    re.compile(r"\s[a-z-]+=\"[^\"]*\""),
)
ENTRY = re.compile(r"\{% block entry %\}\w+\{% endblock %\}")


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    """What `make catalog` collects now."""
    target = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "pyproject.toml"]
    subprocess.run([*command, "-o", target, "app", "templates"], check=True, cwd=ROOT)
    with target.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


@pytest.fixture(scope="session")
def english():
    """The English catalogue."""
    with (ENGLISH / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def _pairs(catalogue):
    """Return (source, translation) for each form of each message."""
    found = []
    for message in catalogue:
        if message.id:
            sources = message.id if isinstance(message.id, tuple) else (message.id,)
            targets = message.string if isinstance(message.string, tuple) else (message.string,)
            found += [(source, target) for source, target in zip(sources, targets, strict=True)]
    return found


def test_every_text_can_be_said_in_english(collected, english):
    known = {message.id for message in english if message.id}

    assert len(collected) > 300
    assert collected - known == set(), "new texts: run make catalog and translate them"
    assert known - collected == set(), "old texts: run make catalog"
    assert [source for source, target in _pairs(english) if not target.strip()] == []
    assert [message.id for message in english if message.id and message.fuzzy] == []


def test_the_compiled_catalogue_is_that_of_the_texts(english):
    fresh = BytesIO()
    write_mo(fresh, english)

    assert (ENGLISH / "messages.mo").read_bytes() == fresh.getvalue(), "run make catalog"


def _parts(text):
    """Return what must be the same in both languages: what is filled in, and markup."""
    return sorted(re.findall(r"%\(\w+\)[sd]|\{\w+\}|</?\w+[^>]*>|https?://\S+?(?=[\s,.;]|$)", text))


def test_translations_fill_in_the_same(english):
    assert [source for source, target in _pairs(english) if _parts(source) != _parts(target)] == []


def test_translations_of_date_patterns_show_the_same(english):
    """A pattern consists of runs of letters; English puts no dot behind the day."""
    patterns = [pair for pair in _pairs(english) if re.fullmatch(r"[EdMy]+[.,]?(?: [EdMy]+[.,]?)*", pair[0])]

    assert len(patterns) >= 4
    assert [a for a, b in patterns if re.findall(r"[EdMy]+", a) != re.findall(r"[EdMy]+", b) or "." in b] == []


def test_translations_read_as_english(english):
    """German quotation marks, or a whole German sentence, would be left over from copying."""
    assert [
        target for source, target in _pairs(english) if "„" in target or (source == target and GERMAN.search(source))
    ] == []


@pytest.mark.parametrize("name", markup.templates(".html", ".txt"))
def test_templates_write_no_text_past_the_catalogue(name):
    assert _unsaid(markup.source(name)) == []


def _unsaid(text):
    """Return words that stand in a template as they are, or as a string that is not said by gettext."""
    found = []
    text = ENTRY.sub("", text)
    page = markup.read(text)
    for words, around in page.texts:
        if not any(tag.name in {"script", "style", "title"} for tag in around) or around[-1].name == "title":
            found += _words(words)
    for tag in page.tags:
        shown = [value for name, value in tag.attributes.items() if name in SHOWN_ATTRIBUTES]
        if tag.name == "meta" and tag.attributes.get("name") == "description":
            shown.append(tag.attributes.get("content", ""))
        found += [word for value in shown for word in _words(value)]
    return found + _strings(markup.ENVIRONMENT.parse(text))


def _words(text):
    for pattern in NO_TEXT:
        text = pattern.sub(" ", text)
    words = re.findall(r"[^\W\d_]{2,}", text.replace(markup.VALUE, " "))
    return [word for word in words if word not in SAME_EVERYWHERE]


def _strings(node):
    """Return German strings in Jinja's own code, other than arguments of gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SAYING:
        return [found for keyword in node.kwargs for found in _strings(keyword)]
    if isinstance(node, nodes.Pair):
        return _strings(node.value)  # a key is looked up, not shown
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value] if GERMAN.search(node.value) else []
    return [found for child in node.iter_child_nodes() for found in _strings(child)]


def _modules():
    """Return all modules, but those of the shell, whose words are not part of a screen."""
    files = (path for path in (ROOT / "app").glob("**/*.py") if path.stem != "commands")
    return sorted(path.relative_to(ROOT).as_posix() for path in files)


@pytest.mark.parametrize("name", _modules())
def test_the_server_says_no_german_past_the_catalogue(name):
    assert _german(ast.parse((ROOT / name).read_text(encoding="utf-8"))) == []


def _german(node):
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in SAYING:
            return [found for keyword in node.keywords for found in _german(keyword)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []  # a docstring is for developers
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if GERMAN.search(node.value) else []
    return [found for child in ast.iter_child_nodes(node) for found in _german(child)]


def _scripts():
    own = [path for path in (ROOT / "pwa").glob("**/*.js") if "vendor" not in path.parts]
    return sorted(path.relative_to(ROOT).as_posix() for path in own)


@pytest.mark.parametrize("name", _scripts())
def test_scripts_bring_no_german(name):
    assert _german_in_script((ROOT / name).read_text(encoding="utf-8")) == []


def _german_in_script(text):
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", "", text, flags=re.DOTALL)
    strings = re.findall(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`", code)
    return [string for string in strings if GERMAN.search(string)]


def test_the_guards_find_what_they_look_for():
    planted = """{# Deutsch #}{{ _('Das ist gut') }}<p title="Ort">{{ ui.notice('Das ist weg') }}Frei %</p>
    <title>Suche</title><img alt=""><script type="application/json">{"a": "nicht"}</script>"""

    assert _unsaid(planted) == ["Frei", "Suche", "Ort", "Das ist weg"]
    assert _german(ast.parse('"""Für wen"""\nx = N_("Das ist gut")\ny = "Das fehlt für dich"')) == [
        "Das fehlt für dich"
    ]
    assert _german_in_script('// für\nsay("Das ist ein Text"); /* nicht */ say(`bitte`, "https://x");') == [
        '"Das ist ein Text"',
        "`bitte`",
    ]
    assert _parts("%(a)s {b} <b>x</b>") != _parts("%(a)s <b>x</b>")
