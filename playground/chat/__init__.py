"""A chat with the agent in the terminal, for people who do not want to use the browser page.

It talks to the running playground over HTTP and may run in another terminal. `chat` is one person in the local Slack,
`input_lines` reads what that person says, `display` shows what changes, `uses` presses, chooses and fills in, `files`
reads what is sent. What people do in the browser page does not belong here but in `playground.page`.
"""
