"""The programs that are compared, as processes, and how one talks with them.

`recipes` lists them, `contender` starts one with stubs of its own, `conversation` asks it questions in a Slack thread
and refuses to count wrong answers, `product_worker` is the product's worker without Slack's rate limits.
What does not belong here: the code of the references (`references/`) and the measuring itself (`workloads/`).
"""
