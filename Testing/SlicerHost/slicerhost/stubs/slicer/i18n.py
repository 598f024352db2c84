"""Stand-in for slicer.i18n: looks texts up in what is installed, by the file that they are in, as Slicer does."""

import functools
import logging
import os
import string
import sys


def translate(context, text):
    from slicer import app

    return app.translate(context, text)


@functools.cache
def getContext(sourceFile):
    folder, name = os.path.split(sourceFile)
    name = os.path.splitext(name)[0]
    return f"{os.path.basename(folder)}.{name}" if os.path.isfile(os.path.join(folder, "__init__.py")) else name


def _fields(text):
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


def tr(text):
    context = getContext(sys._getframe(1).f_code.co_filename)
    translated = translate(context, text)
    if translated != text and _fields(translated) != _fields(text):
        logging.warning("In context %r, the translation of %r to %r has other fields", context, text, translated)
        return text
    return translated
