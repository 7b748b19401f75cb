"""The settings about agents: where their files are, and what holds where a file says nothing."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from agent_worker.payloads.agent_policy import ThreadReplies
from process.settings import ProcessSettings

MOST_MODEL_CALLS = 100  # in one turn
SMALLEST_CONTEXT = 1_000  # tokens
LARGEST_INSTRUCTIONS = 32 * 1024  # bytes; history holds them with each version of an agent
SETTING, DEFAULT = "setting", "default"  # where a value comes from, if not from an agent's file


class AgentSettings(ProcessSettings):
    agents_dir: Path = Field(Path("agents"), description="the folder with a file for each agent (docs/agents.md)")
    agent_instructions: str = Field(
        "",
        description="the system instruction of an agent whose file has none: a text, or the path of a .md or .txt "
        "file; how messages and files are written for the model is explained after it",
    )
    gemini_model: str = Field(
        "gemini-3.8-flash", min_length=1, description="the Gemini model of an agent whose file names none"
    )
    agent_max_model_calls: int = Field(
        12,
        ge=1,
        le=MOST_MODEL_CALLS,
        description="how many model calls one turn may take; the last one may not ask for tools",
    )
    agent_context_tokens: int = Field(
        64_000,
        ge=SMALLEST_CONTEXT,
        description="above so many tokens, the older turns are replaced by a summary",
    )
    thread_replies: ThreadReplies = Field(
        "auto",
        description="which replies without a mention are answered: auto (if only one person and the agent talk, or "
        "after a question of the agent), all, or mention (none of them)",
    )

    @field_validator("agent_instructions")
    @classmethod
    def _read_file(cls, value: str) -> str:
        """A single line that ends like a text file is the path of one."""
        if "\n" in value or not value.endswith((".md", ".txt")):
            return _bounded(value)
        try:
            return _bounded(Path(value).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"the file cannot be read ({type(error).__name__})") from error

    def source(self, field: str) -> str:
        """Where the value of a field comes from: "setting NAME" if somebody has set it, otherwise "default"."""
        return f"{SETTING} {field.upper()}" if field in self.model_fields_set else DEFAULT


def _bounded(instructions: str) -> str:
    if len(instructions.encode(errors="replace")) > LARGEST_INSTRUCTIONS:
        raise ValueError(f"the instructions are longer than {LARGEST_INSTRUCTIONS // 1024} KB")
    return instructions
