"""ksmy claim: the commands for what other sources say."""

from typing import Any, Final

from typer.core import TyperGroup

from ksmy_tracker.cli.groups import group

COMMANDS: Final = {"add": "claim_add", "accept": "claim_accept", "drop": "claim_drop"}


class _Claims(TyperGroup):
    """A group in which a ref stands for `add` and the ref."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called; what is no name of one is the ref of a record."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            args = ["add", *args]
        return super().resolve_command(ctx, args)


claim = group(
    "claim",
    COMMANDS,
    "Record what another source says a field of a record is (the record keeps its value), or settle it.",
    "ksmy claim FA50M-DELIVERY --status completed --said-by KR --evidence SUMMIT-REPORT",
    of=_Claims,
)
