"""About how much the files of a transcript add to a model call: as many characters of text as they cost. Pure.

Nobody knows a file's tokens before Gemini has read it, but money is set aside before that.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.model import FILE_PART, Content

# Characters. A picture takes up to 1,120 tokens, a page of a PDF 560
# (https://ai.google.dev/gemini-api/docs/media-resolution), and a token is set aside for three characters (payments.py).
PICTURE, PAGE = 3_360, 1_680
PAGE_BYTES = 30_000  # of a PDF; with pictures a page has more, of nothing but text it has less
# As many as are read: of a text its beginning, and of a conversation the newest files.
LONGEST_TEXT, MOST_FILES = 100_000, 20


def weight(entries: Sequence[Content]) -> int:
    """In characters. A file that is sent several times is read once."""
    parts = [part[FILE_PART] for entry in reversed(entries) for part in reversed(entry["parts"]) if FILE_PART in part]
    files = {file.id: file for file in map(SlackFile.model_validate, parts)}
    return sum(map(_weight, list(files.values())[:MOST_FILES]))


def _weight(file: SlackFile) -> int:
    if file.mimetype.startswith("image/"):
        return PICTURE
    if file.mimetype == "application/pdf":
        return PAGE * max(1, file.size // PAGE_BYTES)
    return min(file.size or LONGEST_TEXT, LONGEST_TEXT)
