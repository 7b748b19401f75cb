"""Two other ways to build the same agent, written only to be compared with the product.

`plain` is a bot without durability, `tutorial` the straightforward durable loop. Both build on `equipment`: the
product's own tools, and Gemini and Slack as their SDKs offer them.
What does not belong here: improvements. A reference stays as its authors' documentation would have it.
"""
