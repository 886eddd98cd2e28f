"""What the package raises."""

from __future__ import annotations

from typing import Any, Optional


class Error(Exception):
    """A failure with a stable code. Its texts hold no personal value."""

    code: str
    action: str
    message_zh: str
    action_zh: str
    details: Optional[Any]

    def __init__(
        self,
        message: str,
        code: str = "usage",
        action: str = "",
        message_zh: str = "",
        action_zh: str = "",
        details: Optional[Any] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.action = action
        self.message_zh = message_zh
        self.action_zh = action_zh
        self.details = details

    def __str__(self) -> str:
        return f"{self.args[0]} [{self.code}]"


class Refused(Error):
    """The answer is no, including anything wrong with keys and trust."""


class Usage(Error, ValueError):
    """An argument can't be used."""


class Trouble(Error):
    """A device, a file, the network, a register or a store; the answer isn't known."""


class Damaged(Error):
    """What was handed in is damaged or not what it claims to be."""


class Closed(Error):
    """The reader was closed."""


class NoCard(Error):
    """No card was laid down in time; one that was read before and not lifted is none."""


class Cancelled(Error):
    """Another thread stopped it."""


class Busy(Error):
    """The reader is being watched."""


class Internal(Error):
    """A fault of this package."""
