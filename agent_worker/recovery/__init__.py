"""Why a step that was interrupted goes on soon, and why each worker takes up the same things at the same time."""
