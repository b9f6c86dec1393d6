"""Which characters are which, and which of them are written two ways: data, without behaviour."""

from __future__ import annotations

# For use inside a character class of a regular expression, on folded text.
HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LETTER = rf"[^\W\d_{HAN}]"
NUMBER = r"[0-9]+(?:\.[0-9]+)*"

# Space beside one of these carries no meaning (they are the folded forms: ， is already a comma).
CLOSE_PUNCTUATION = frozenset(",;:!?()、。《》〈〉「」『』【】“”")

_VARIANT_PAIRS = (
    # other forms of the same character
    "囯国 囶国 隄堤 濶阔 尅克 塲场 堦阶 墪墩 喒咱 甎砖 畧略 畆亩 疎疏 竪竖 "
    "粇糠 緐繁 葢盖 蓆席 衖弄 覇霸 鉄铁 鉱矿 "
    "鋪铺 閙闹 閲阅 説说 産产 黒黑 査查 戸户 録录 緑绿 歩步 毎每 徳德 単单 検检 験验 発发 実实 県县 関关 "
    # left apart by OpenCC because one of the pair has a second reading; a searcher means either
    "著着 藉借 瞭了 锺钟 馀余 衹只 祇只 徬彷 於于 妳你 佔占 牠它 痠酸 迺乃 讬托 託托 箇个 "
    # radicals that a copy out of a PDF leaves in place of the character (those without decomposition)
    "⺟母 ⺠民 ⺁厂 ⺄乙 ⺌小 ⺝月 ⺮竹 ⺼肉 ⻁虎 ⻄西 ⻅见 ⻆角 ⻉贝 ⻋车 ⻓长 ⻔门 ⻘青 ⻙韦 ⻚页 ⻛风 "
    "⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻬齐 ⻮齿 ⻰龙 ⻳龟 "
    # round signs written for zero in years (二○二五年)
    "○〇 ◯〇 ⚪〇 "
    # signs
    "‐- ‑- ‒- –- —- ―- −- ﹣- ⁄/ ∕/ 〜~ ∼~ ～~ ‘' ’' •· ‧· ∙· ⋅· ・· ･· ●·"
)

# One character → the one it is found as. Applied beside compatibility decomposition, lower case and
# OpenCC's traditional → simplified characters; here stands what those leave apart.
VARIANTS: dict[str, str] = {pair[0]: pair[1] for pair in _VARIANT_PAIRS.split()}

_PHRASE_PAIRS = (
    "计画 计划, 规画 规划, 筹画 筹划, 策画 策划, 谋画 谋划, 答覆 答复, 回覆 回复, 批覆 批复, 甚么 什么, "
    "帐户 账户, 帐目 账目, 台帐 台账, 付帐 付账, 傢具 家具"
)

# Words whose character depends on its neighbour, after the above. Both sides have the same length, so
# that offsets into the original stay right.
PHRASES: dict[str, str] = {pair[:2]: pair[3:] for pair in _PHRASE_PAIRS.split(", ")}
