"""What Slack's events say: whether a message or a change is for the agent, and its text, files and attachments.

Pure functions on payloads. None of them raises, whatever a payload looks like: an event whose listener raises is not
acknowledged, and Slack sends it again for a day. Calls of Slack or Temporal belong to `conversations` and `listeners`.
"""
