"""What AGENT_CONTEXT_TOKENS costs: long conversations, priced by the product's own rules (docs/costs.md).

`turns` says what is asked and answered, `conversation` holds the conversation, `requests` counts and prices what Gemini
would have been sent. What does not belong here: Temporal, Slack, Gemini, or a clock.
"""
