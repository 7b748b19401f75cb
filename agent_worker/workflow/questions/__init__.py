"""Questions to people: asked, shown on cards, answered, and carried out."""
