"""How what people write is put into words for the model: with author, time, links and quotations. Pure."""
