"""What axe-core finds on a page, a line for each element at fault."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

CONTRAST = {"runOnly": ["color-contrast"]}
COLOURS = """async (theme) => {
    const { prefer } = await import("/page/scripts/state/navigation.js");
    prefer("theme", theme);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


async def faults(page: Page) -> list[str]:
    """With all rules of axe, its best practices too; in the dark colours only the contrast can be another."""
    found = await _found(page, {})
    await page.evaluate(COLOURS, "dark")
    found += [f"dark: {line}" for line in await _found(page, CONTRAST)]
    await page.evaluate(COLOURS, "light")
    return found


async def _found(page: Page, options: dict[str, Any]) -> list[str]:
    results = await Axe().run(page, options={"resultTypes": ["violations"], **options})
    return [
        f"{rule['id']}: {node['target']} {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
