"""The subcommand that prints a completion script for a shell."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from zarrcodec_bridge.cli.command import Misuse, command, option
from zarrcodec_bridge.cli.options import OUTPUT
from zarrcodec_bridge.cli.output import Output
from zarrcodec_bridge.cli.parser import one_of


@command(
    "completion",
    option("shell", help="the shell: bash, zsh or fish", **one_of(("bash", "zsh", "fish"))),
    OUTPUT,
    examples=(
        "zarrcodec-bridge completion bash -o ~/.local/share/bash-completion/completions/zarrcodec-bridge",
        "zarrcodec-bridge completion zsh -o ~/.zsh/completions/_zarrcodec-bridge",
        "zarrcodec-bridge completion fish -o ~/.config/fish/completions/zarrcodec-bridge.fish",
    ),
)
def print_completion(args: argparse.Namespace, out: Output) -> None:
    """Print the script with which a shell completes commands, options and their values.

    Needs shtab: pip install 'zarrcodec_bridge[completion]'.
    """
    try:
        shtab: Any = import_module("shtab")
    except ImportError:
        raise Misuse("needs shtab: pip install 'zarrcodec_bridge[completion]'") from None
    parser = args.make_parser({"file": shtab.FILE, "folder": shtab.DIRECTORY})
    out.text(shtab.complete(parser, args.shell).rstrip())
