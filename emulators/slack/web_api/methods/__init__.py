"""The methods of the Web API: one module for each family, with a function for each method.

A function takes the backend and the arguments, and returns the answer without `"ok": true`. It raises `SlackError`
with one of the error names that Slack documents for the method.

A new method: write the function, add it to `METHODS` at the end of its module (a new module is also listed in
`web_api/endpoint.py`), and give its scopes in `rules/scopes.py` and its tier in `rules/rate_limits.py`.
"""
