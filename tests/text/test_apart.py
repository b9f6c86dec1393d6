"""Which pieces of two versions of a text differ."""

from hypothesis import given
from hypothesis import strategies as st

from portal.text.apart import apart


def test_only_what_differs_is_named():
    before, after = apart("10月26日查看现场，在岗58人。", "10月25日查看现场，在岗58人。")
    assert before == [("10月", False), ("26", True), ("日查看现场，在岗58人。", False)]
    assert after == [("10月", False), ("25", True), ("日查看现场，在岗58人。", False)]


def test_a_number_is_never_cut():
    assert apart("共 1750 米，做完了。", "共 1570 米，做完了。")[1][1] == ("1570", True)


def test_what_was_added_stands_in_the_newer_one_alone():
    before, after = apart("做完两层，开始砌墙。", "做完两层，验收合格，开始砌墙。")
    assert [changed for _text, changed in before] == [False]
    assert [text for text, changed in after if changed] in (["验收合格，"], ["，验收合格"])


def test_texts_that_have_little_in_common_are_different_altogether():
    assert apart("挡墙加固完成。", "绿化种植开始了，月季两千株。") == (
        [("挡墙加固完成。", True)],
        [("绿化种植开始了，月季两千株。", True)],
    )


def test_nothing_against_something():
    assert apart("", "新的") == ([], [("新的", True)])
    assert apart("旧的", "") == ([("旧的", True)], [])
    assert apart("一样", "一样") == ([("一样", False)], [("一样", False)])


@given(st.text("挡墙加固 12.\n", max_size=60), st.text("挡墙加固 12.\n", max_size=60))
def test_the_pieces_are_the_text_and_what_both_share_is_the_same(before, after):
    old, new = apart(before, after)
    assert "".join(text for text, _changed in old) == before
    assert "".join(text for text, _changed in new) == after
    shared = ["".join(text for text, changed in pieces if not changed) for pieces in (old, new)]
    assert shared[0] == shared[1]


def test_long_passages_are_done_in_one_breath():
    text = "沟槽开挖，管道铺设，回填压实。" * 2000
    old, new = apart(text, text.replace("回填", "回塡", 1))
    assert [piece for piece, changed in old if changed] == ["填"]
    assert "".join(piece for piece, _changed in new).count("塡") == 1
