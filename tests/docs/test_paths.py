"""Every path that the documentation names exists, and every link within it leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))


def text_of(page: Path) -> str:
    """Without code blocks: an example may name a file that a reader is going to write."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def is_path(code: str) -> bool:
    """Whether a piece of code is the path of a file or folder, from the root of the project."""
    is_module = code.endswith(".py") and not code.startswith("__")  # `__init__.py` is a kind of file
    return re.fullmatch(r"[\w./-]+", code) is not None and (code.startswith(FOLDERS) or is_module)


def anchors_of(page: Path) -> set[str]:
    """What a link may name after its `#`: the headings, spelled as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = [code for code in re.findall(r"`([^`\n]+)`", text_of(page)) if is_path(code)]

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = [link.partition("#") for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text_of(page))]
    targets = [(page.parent / path if path else page, anchor) for path, _, anchor in links]

    assert [str(target) for target, _ in targets if not target.exists()] == []
    assert [anchor for target, anchor in targets if anchor and anchor not in anchors_of(target)] == []


def test_every_page_is_in_an_index() -> None:
    indexes = (ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md")
    listed = {
        (index.parent / link).resolve()
        for index in indexes
        for link in re.findall(r"\]\(([^)#]+\.md)\)", index.read_text(encoding="utf-8"))
    }

    assert [page for page in PAGES[2:] if page not in {*listed, indexes[0]}] == []
