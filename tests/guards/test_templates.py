"""Templates can all be read, bring no script or style of their own, and protect their forms."""

import re

import pytest

from tests.guards import markup

ALL = markup.templates()
PAGES = [name for name in markup.templates(".html") if not name.startswith("messages/")]
# Whoever posts here is nobody in particular, so a foreign page gains nothing; see access.demo.
WITHOUT_TOKEN = {"/demo/anmelden"}
FETCHED = ("src", "srcset", "href", "action", "poster", "data")
FOREIGN = re.compile(r"(?:https?:)?//")


@pytest.mark.parametrize("name", ALL)
def test_a_template_can_be_read(app, name):
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_brings_no_script_or_style_of_its_own(name):
    assert _inline(markup.source(name)) == []


def _inline(text):
    """Return what the content security policy would block."""
    found = []
    for tag in markup.read(text).tags:
        is_data = tag.attributes.get("type") == "application/json"
        if tag.name == "script" and "src" not in tag.attributes and not is_data:
            found.append(f"line {tag.line}: script")
        if tag.name == "style":
            found.append(f"line {tag.line}: style")
        found += [f"line {tag.line}: {name}" for name in tag.attributes if name == "style" or name.startswith("on")]
        found += [f"line {tag.line}: javascript:" for value in tag.attributes.values() if "javascript:" in value]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_form_that_changes_something_carries_a_token(name):
    assert _open_forms(markup.source(name)) == []


def _open_forms(text):
    """Return the addresses of posting forms without a token; they are found in the source as it is written."""
    forms = re.findall(r"<form\b[^>]*>.*?</form>", text, re.DOTALL)
    posting = [form for form in forms if re.search(r'method="post"', form.split(">")[0], re.IGNORECASE)]
    bare = [form for form in posting if "csrf()" not in form and "csrf_token" not in form]
    addresses = [re.search(r'action="([^"]*)"', form)[1] for form in bare]
    return [address for address in addresses if address not in WITHOUT_TOKEN]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_loaded_from_elsewhere(name):
    assert _foreign(markup.source(name)) == []


def _foreign(text):
    """Return what would be fetched from another server without anybody pressing anything."""
    found = []
    for tag in markup.read(text).tags:
        fetched = [tag.attributes.get(name, "") for name in FETCHED if (tag.name, name) != ("a", "href")]
        found += [f"line {tag.line}: {address}" for address in fetched if FOREIGN.match(address)]
    return found


def test_the_guards_find_what_they_look_for():
    planted = """<script>1</script><p style="color:red" onclick="x()">{{ 1 }}</p><style>p{}</style>
    <script type="application/json">{}</script><form method="post" action="/x"><input></form>
    <form method="post" action="/y">{{ ui.csrf() }}</form><img src="https://cdn.example/x.png">
    <a href="https://example.org">x</a><link rel="stylesheet" href="//fonts.example/x.css">"""

    assert _inline(planted) == ["line 1: script", "line 1: style", "line 1: onclick", "line 1: style"]
    assert _open_forms(planted) == ["/x"]
    assert len(_foreign(planted)) == 2
