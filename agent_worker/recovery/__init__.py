"""Why a step that was interrupted goes on soon: its signs of life, and what is known of it when its worker is dead."""
