/** The slash commands and message shortcuts that the app's manifest.yml declares. A test compares this file with it. */

export const COMMANDS = [
  {
    command: "/agent",
    description: "Which agent answers here and why, your conversations, or stop what it does here",
    words: ["help", "status", "stop", "grants"],
  },
];

export const SHORTCUTS = [{ name: "Ask the agent about this", callback_id: "ask_about_message" }];
