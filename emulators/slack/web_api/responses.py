"""The answers that the app sends to a `response_url`: a message that one person sees is replaced, or gets a new one."""

from __future__ import annotations

from aiohttp import web

from emulators.slack.backend import Backend
from emulators.slack.rules.arguments import Arguments, read_arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import read_content


class Responses:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def handle(self, request: web.Request) -> web.Response:
        """POST /response/TICKET; answers "ok", or with 404 or 400 and the error."""
        try:
            message = self._backend.responses.use(request.match_info["ticket"])
        except SlackError as error:
            return web.json_response(error.body(), status=404)
        try:
            arguments = Arguments(await read_arguments(request))
            content = read_content(arguments)
            if content.is_empty:
                raise SlackError("no_text")
        except SlackError as error:
            return web.json_response(error.body(), status=400)
        text, blocks = content.text or "", content.blocks or []
        if arguments.flag("replace_original"):
            self._backend.writer.replace_ephemeral(message, text=text, blocks=blocks)
        else:
            place = self._backend.workspace.channels[message.channel]
            new = self._backend.new_message(place, message.thread_ts, text, blocks=blocks)
            if arguments.text("response_type") == "in_channel":
                self._backend.writer.post(new)
            else:
                self._backend.writer.show_only_to(message.to, new)
        return web.Response(text="ok")
