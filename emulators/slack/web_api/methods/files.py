"""The files.* methods: describing, listing and deleting files, and uploading one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.messages import MAX_TEXT
from emulators.slack.state.files import StoredFile
from emulators.slack.state.messages import Channel

Json = dict[str, Any]


def info(backend: Backend, arguments: Arguments) -> Json:
    return {"file": backend.files.described(arguments.required("file"))}


def get_upload_url(backend: Backend, arguments: Arguments) -> Json:
    """The address that takes the bytes of the file, once."""
    name, length = arguments.required("filename"), arguments.number("length", default=0)
    if length < 1:
        raise SlackError("missing_argument")
    file = backend.files.begin_upload(name, length, int(backend.clock.now()))
    return {"upload_url": f"{backend.origin}/upload/v1/{file.upload_ticket}", "file_id": file.id}


def complete_upload(backend: Backend, arguments: Arguments) -> Json:
    """Give the uploaded files their titles, and share them in one message. Without a channel they stay private.

    The answer may come before the message does: how much before is the setting `share_lag`.
    """
    wanted = _wanted(arguments)
    files = [backend.files.uploaded(entry["id"]) for entry in wanted]
    channel = _channel(backend, arguments)
    thread_ts = _thread_ts(backend, arguments, channel)
    comment = _comment(arguments)
    for file, entry in zip(files, wanted, strict=True):
        file.pending = False
        file.description["title"] = entry.get("title") or file.description["name"]
    lag = backend.settings.share_lag
    if channel is not None and lag is not None:
        share = partial(_share, backend, files, channel, thread_ts, comment)
        if lag:
            backend.clock.call_after(lag, share)
        else:
            share()
    return {"files": [{"id": file.id, "title": file.description["title"]} for file in files]}


def _share(backend: Backend, files: list[StoredFile], channel: Channel, thread_ts: str | None, comment: str) -> None:
    """Show the files in one message; those that were deleted meanwhile are not shown."""
    left = [file for file in files if not file.deleted]
    if not left:
        return
    shown = [file.shown for file in left]
    message = backend.new_message(channel, thread_ts, comment, subtype="file_share", files=shown)
    if backend.settings.files_without_bot:
        message = replace(message, bot_id=None, app_id=None)
    backend.writer.post(message)
    for file in left:
        file.note_share(channel, message)


def listed(backend: Backend, arguments: Arguments) -> Json:
    """The app's own files, newest first. For other people's files the stand-in has no use."""
    if arguments.text("user") != backend.bot_user:
        raise SlackError("user_not_found")
    since = arguments.number("ts_from", default=0)
    own = [file for file in backend.files.all if not (file.pending or file.deleted)]
    files = [file.described for file in own if file.description["user"] == backend.bot_user]
    recent = [file for file in reversed(files) if file["created"] >= since]
    count = arguments.number("count", default=100)
    return {"files": recent[:count], "paging": {"count": count, "total": len(recent), "page": 1, "pages": 1}}


def delete(backend: Backend, arguments: Arguments) -> Json:
    """Delete a file of the app, also one that was not completed. Messages that show it keep a stub."""
    file = backend.files.get(arguments.required("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    if file.description["user"] != backend.bot_user:
        raise SlackError("cant_delete_file")
    backend.delete_file(file.id)
    return {}


def _wanted(arguments: Arguments) -> list[Json]:
    files = arguments.structure("files", error="invalid_arguments")
    if not isinstance(files, list) or not files:
        raise invalid("invalid_arguments", ["missing required field: files"])
    for index, entry in enumerate(files):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise invalid("invalid_arguments", [f"missing required field: id [json-pointer:/files/{index}]"])
    if len({entry["id"] for entry in files}) < len(files):
        raise invalid("invalid_arguments", ["the same file twice [json-pointer:/files]"])
    return files


def _channel(backend: Backend, arguments: Arguments) -> Channel | None:
    if not arguments.has("channel_id"):
        return None
    channel = backend.channel(arguments, "channel_id")
    if not backend.is_member(channel):
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("posting_to_channel_denied")
    return channel


def _thread_ts(backend: Backend, arguments: Arguments, channel: Channel | None) -> str | None:
    thread_ts = arguments.text("thread_ts")
    if thread_ts is None or channel is None:
        return None
    root = backend.workspace.message(channel.id, thread_ts)
    if root is None or root.thread_ts is not None:
        raise invalid("invalid_arguments", ["must be the first message of a thread [json-pointer:/thread_ts]"])
    return thread_ts


def _comment(arguments: Arguments) -> str:
    comment = arguments.text("initial_comment") or ""
    if len(comment) > MAX_TEXT:
        raise SlackError("msg_too_long")
    return comment


METHODS: dict[str, Method] = {
    "files.completeUploadExternal": complete_upload,
    "files.delete": delete,
    "files.getUploadURLExternal": get_upload_url,
    "files.info": info,
    "files.list": listed,
}
