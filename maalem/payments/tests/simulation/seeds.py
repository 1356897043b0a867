"""Seeds that found something, with what it was. They are played with every change."""

FOUND: dict[int, str] = {
    54: "a retried confirmation gave up the challenge that its first try had begun",
}
