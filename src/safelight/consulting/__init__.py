"""A colleague inside is asked: pictures, a question, an answer beside them."""
