"""Stand-in for slicer.i18n: no translation is installed in a test process."""

import os


def translate(context, text):
    return text


def tr(text):
    return text


def getContext(sourceFile):
    return os.path.splitext(os.path.basename(sourceFile))[0]
