"""Templates speak one language each, know keys before methods, and pieces of pages are kept within bounds."""

import pytest
from markupsafe import Markup

from portal.web.app import create_app
from portal.web.language import CHINESE, ENGLISH, _, speaking
from portal.web.public.pieces import Pieces


@pytest.fixture
def shown(portal):
    app = create_app(portal).flask

    def show(source, language=CHINESE, **values):
        with app.app_context(), speaking(language):
            return app.jinja_env.from_string(source).render(**values)

    return show


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [(ENGLISH, 1, "1 photo"), (ENGLISH, "1", "1 photo"), (ENGLISH, 2, "2 photos"), (ENGLISH, 0, "0 photos"),
     (CHINESE, 1, "1 张")],
)  # fmt: skip
def test_english_says_one_thing_otherwise_than_many(shown, language, n, said):
    assert shown("{{ _('%(n)s 张', n=n) }}", language, n=n) == said
    with speaking(language):
        assert _("%(n)s 张", n=n) == said


def test_a_sentence_is_said_in_the_language_of_the_page(shown):
    assert shown("{{ _('项目') }}") == "项目"
    assert shown("{{ _('项目') }}", ENGLISH) == "Projects"
    assert shown("{{ _('项目') }}") == "项目"


def test_values_are_escaped_and_filled_in(shown):
    source = "{{ _('第 %(n)s 版', n=n) }}"
    assert shown(source, n="<1>") == "第 &lt;1&gt; 版"
    assert shown(source, n=Markup("<b>1</b>")) == "第 <b>1</b> 版"
    assert shown(source, n=1234) == "第 1234 版"
    assert shown(source, ENGLISH, n=2) == "Version 2"


def test_a_percent_sign_is_written_twice_with_values_and_without(shown):
    assert shown("{{ _('100%%') }}{{ _('实际 %(n)s%%', n=5) }}") == "100%实际 5%"


def test_a_sentence_that_is_not_written_out_is_looked_up_when_it_is_shown(shown):
    assert shown("{{ _(name) }}", ENGLISH, name="项目") == "Projects"


def test_a_key_comes_before_a_method_and_a_method_before_nothing(shown):
    assert shown("{{ d.items }}", d={"items": "three"}) == "three"
    assert shown("{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", d={"a": 1}) == "a1"
    assert shown("{{ d.nothing|default('none') }}{% if d.nothing %}!{% endif %}", d={"a": 1}) == "none"


def test_a_drawing_knows_its_sprite(shown):
    assert 'href="/static/icons.svg?v=' in shown("{{ drawing('search') }}")
    assert 'class="icon inline"' in shown("{{ drawing('search', inline=true) }}")


def test_pieces_are_made_once_and_the_least_used_goes_first():
    pieces, made = Pieces(most=2), []

    def make(name):
        return lambda: made.append(name) or f"<p>{name}</p>"

    assert pieces.of("a", make("a")) == pieces.of("a", make("a")) == Markup("<p>a</p>")
    pieces.of("b", make("b"))
    pieces.of("a", make("a"))
    pieces.of("c", make("c"))
    pieces.of("a", make("a"))
    pieces.of("b", make("b"))
    assert made == ["a", "b", "c", "b"]
