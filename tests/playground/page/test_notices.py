"""Notices stand in the page until they are settled or dismissed, and nothing of them is in Slack."""

from __future__ import annotations

from playground.page.notices import MOST_KEPT, Notices
from tests.support.playground.visiting import Following, Scene


async def test_a_notice_reaches_the_page_and_goes_when_it_is_dismissed(stage: Scene) -> None:
    notices = stage.around.notices = Notices(stage.slack.backend.changes.nudge)
    async with stage.visitor.following(Following()) as shown:
        notices.put("key", "failed", "count failed", detail="KeyError: 'x'", place="tool.py:7", thread=("C1", "1.0"))
        (notice,) = (await shown.until(lambda: shown.all("notice"))).values()
        assert (notice["kind"], notice["title"], notice["detail"]) == ("failed", "count failed", "KeyError: 'x'")
        assert (notice["place"], notice["channel"], notice["thread_ts"]) == ("tool.py:7", "C1", "1.0")

        await stage.visitor.do("dismiss_notice", number=notice["number"])
        await shown.until(lambda: not shown.all("notice"))

    assert await stage.visitor.refused("do/dismiss_notice", number="one") == (400, "number must be a whole number")
    assert stage.slack.calls == []


def test_the_same_once_more_is_counted() -> None:
    notices = Notices()

    for _ in range(3):
        notices.put("key", "failed", "count failed")

    (notice,) = notices.shown
    assert (notice.number, notice.times) == (1, 3)


def test_only_the_newest_are_kept() -> None:
    notices = Notices()

    for number in range(MOST_KEPT + 5):
        notices.put(f"key {number}", "failed", f"failure {number}")

    assert (notices.shown[0].title, len(notices.shown)) == ("failure 5", MOST_KEPT)


def test_each_change_is_told() -> None:
    told: list[str] = []
    notices = Notices(lambda: told.append("changed"))

    notices.put("key", "failed", "count failed", place="tool.py:7")
    notices.settle(["other.py"])
    notices.settle(["tool.py"])
    notices.drop("key")
    notices.dismiss(1)

    assert told == ["changed", "changed"]
