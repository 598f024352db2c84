"""What Slicer itself does with a key where the panel's keys listen, so that they keep out of its way.

Read in Slicer's handbook (user interface, Segment Editor) and sources: the Segment Editor's shortcuts, the keys of its
effects, of slice views, of markups and of the main window. The keys of 3D views and plots are not among them: the
panel's keys do not listen there.
"""

from __future__ import annotations

from slicer.i18n import tr as _

SLICE_VIEWS = "[ ] { } B F G R T V Shift+V Left Right Up Down"
EDITOR = "0 1 2 3 4 5 6 7 8 9 Esc Space Z Y Q W / * , . < > I Ctrl+Z Ctrl+Y Ctrl+Shift+Z"
PAINT = "+ - = _ Shift++ Shift+="
DRAW = "A X Return Enter"
MARKUPS = "S Del Backspace Shift+Del Ctrl+Shift+A Ctrl+Shift+T Ctrl+Shift+Space"
WINDOW = (
    "Ctrl+0 Ctrl+1 Ctrl+2 Ctrl+3 Ctrl+4 Ctrl+5 Ctrl+6 Ctrl+` Ctrl+C Ctrl+F Ctrl+H Ctrl+O Ctrl+S Ctrl+V Ctrl+W Ctrl+X "
    "Ctrl+Left Ctrl+Right"
)
SHIFTED_DIGITS = " ".join(f"Shift+{digit}" for digit in range(10))


def use_in_slicer(key: str) -> str:
    """Say what Slicer has a key for, in the user's language; empty if it has no use for it.

    Args:
        key: as Qt writes it: ``A``, ``Shift+V``, ``Esc``.

    Example:
        >>> [bool(use_in_slicer(key)) for key in ("[", "E", "Shift+7")]
        [True, False, True]
    """
    uses = (
        (SLICE_VIEWS, _("slice views")),
        (f"{EDITOR} {SHIFTED_DIGITS}", _("the Segment Editor")),
        (PAINT, _("the size of the brush")),
        (DRAW, _("the effect Draw")),
        (MARKUPS, _("markups")),
        (WINDOW, _("its menus")),
    )
    return next((what for keys, what in uses if key in keys.split()), "")
