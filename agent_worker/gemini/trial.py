"""One question to Gemini, and exactly what came back, also if that is an error. For the doctor.

The worker itself needs less: it translates each error into what to do next, and keeps Google's words out of logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecodeError

import aiohttp
from google.genai.errors import APIError, UnknownApiResponseError
from temporalio.exceptions import ApplicationError

from agent_worker.gemini.client import Gemini
from agent_worker.gemini.error_answer import ErrorAnswer
from agent_worker.gemini.refusals import refusal
from agent_worker.gemini.request import Question
from agent_worker.payloads.model import ModelReply

UNREADABLE = "unreadable"  # a kind of NoAnswer
_SDKS_WORDS = "Failed to parse response as JSON. Raw response: "


@dataclass(frozen=True)
class Refused:
    """An HTTP error answer. `facts` are its status and Google's constants, `message` are its words, as they came.

    `code` is the kind of `payloads.errors`, "" if the error may pass by itself. `is_googles` is False for the page of a
    proxy.
    """

    facts: str
    message: str
    code: str
    is_googles: bool


@dataclass(frozen=True)
class NoAnswer:
    """Nothing came back, or (UNREADABLE) nothing that is an answer. `text` is what came, or the text of the error."""

    kind: str
    text: str = ""


async def try_out(gemini: Gemini, question: Question) -> ModelReply | Refused | NoAnswer:
    """Asks once. Never raises for anything that can happen on the way."""
    try:
        return await gemini.ask_untranslated(question)
    except APIError as error:
        answer = ErrorAnswer(error.code, error.details)
        refused = refusal(answer)
        message = error.message if isinstance(error.message, str) else str(error.details)
        return Refused(" ".join(answer.facts()), message, refused.code if refused else "", answer.is_googles)
    except JSONDecodeError as error:
        return NoAnswer(UNREADABLE, error.doc)
    except UnknownApiResponseError as error:
        return NoAnswer(UNREADABLE, str(error).removeprefix(_SDKS_WORDS))
    except (ApplicationError, ValueError) as error:
        return NoAnswer(UNREADABLE, str(error))
    except (aiohttp.ClientError, OSError) as error:  # OSError includes timeouts
        return NoAnswer(type(error).__name__, str(error))
