"""What was filled in cannot be used."""


class Invalid(ValueError):
    """Values that mean something impossible; `messages` say in Chinese what to mend, one sentence each."""

    def __init__(self, *messages: str) -> None:
        super().__init__("；".join(messages))
        self.messages = messages
