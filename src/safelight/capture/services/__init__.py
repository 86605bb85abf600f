"""The verbs of intake, in the order in which a picture meets them: begin, receive, take in."""
