"""Why a video was not taken, why its film could not be made, and how far it is. Every sentence says the cure."""

from __future__ import annotations

from collections.abc import Callable

from portal.domain.progress import FilmState, Video
from portal.web.language import _

Say = Callable[[], str]

FILM_REFUSALS: dict[str, Say] = {
    "empty": lambda: _("这个文件是空的。重新选一次。"),
    "not_a_film": lambda: _("这不是录像。请选 MP4、MOV 或 WebM。"),
    "not_this_kind": lambda: _("只收 MP4、MOV、WebM。用手机自带的相机录，或者转成 MP4 再选。"),
    "not_this_codec": lambda: _("这种编码读不了。用手机自带的相机录，或者转成 H.264 的 MP4 再选。"),
    "truncated": lambda: _("录像不完整，后面一段没有传到或没有存好。重新选一次，还不行就重录。"),
    "trailing": lambda: _("录像后面还挂着别的东西。用手机相册另存一份再选。"),
    "elsewhere": lambda: _("这个文件只是个指向别处的目录，画面不在里面。选真正的录像文件。"),
    "encrypted": lambda: _("录像加了密或加了版权保护，打不开。选没有加密的。"),
    "no_pictures": lambda: _("里面只有声音，没有画面。"),
    "too_many_tracks": lambda: _("里面有几路画面，不知道该看哪一路。导出成一路再选。"),
    "too_long": lambda: _("超过 3 分钟。在手机相册里剪短再选。"),
    "too_short": lambda: _("太短了，几乎没有画面。"),
    "too_small": lambda: _("画面太小，看不清。用原来的录像，不要用缩略的。"),
    "too_many_pixels": lambda: _("画面超过 4K。把相机调成 1080p 或 4K 再录。"),
    "too_many_frames": lambda: _("画面张数太多，可能是慢动作。用普通速度录。"),
    "edited": lambda: _("剪辑信息对不上录像。用手机相册另存一份再选。"),
    "too_heavy": lambda: _("处理它太费时间。剪短一些，或者把相机调成 1080p 再录。"),
    "corrupt": lambda: _("录像坏了，打不开。重新录一段或换一段。"),
    "too_large": lambda: _("超过 200 MB。剪短一些，或者把相机调成 1080p 再录。"),
    "full": lambda: _("服务器的盘满了，这段没有收下。过一会儿再选一次，其他内容不受影响。"),
    "crashed": lambda: _("处理时出了错，这段没有收下。换一段试试。"),
    "file_set_aside": lambda: _(
        "处理这段录像两次都中断，已经放到一边，管理员看得到。重新录一段，或者换一段再传。"
    ),
    "file_being_worked_on": lambda: _("这段录像正在处理。过五分钟再选一次。"),
    "busy": lambda: _("服务器正忙，这段没有收下。过一会儿再选一次。"),
    "too_many_videos": lambda: _("已经有 3 段录像了。先移走一段再加。"),
    "missing": lambda: _("原来的录像找不到了。请再传一次。"),
}


def trouble_words(video: Video) -> str:
    """Why there is no film of it."""
    if video.trouble == "crashed":
        return _("转换时两次出错。移走这一段，换一段再传。")
    return FILM_REFUSALS.get(video.trouble, FILM_REFUSALS["corrupt"])()


def state_words(video: Video) -> str:
    """How far our film of it is, for the unit and for whoever reviews it."""
    if video.state is FilmState.READY:
        return _("转换好了")
    if video.state is FilmState.CONVERTING:
        return _("正在转换 %(n)s%%", n=video.percent)
    if video.state is FilmState.FAILED:
        return _("没能转换：%(why)s", why=trouble_words(video))
    return _("排队等转换")
