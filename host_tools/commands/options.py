"""Options that several commands take, said once."""

from pathlib import Path
from typing import Annotated

import typer

County = Annotated[
    Path,
    typer.Option(
        "--county",
        envvar="FENGSUI_COUNTY",
        help="The county's folder, made by `fengsui keys init`.",
        show_envvar=True,
    ),
]
Gateway = Annotated[
    str,
    typer.Option(envvar="FENGSUI_GATEWAY", help="Where the gateway's page is.", show_envvar=True),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="File with the passphrase; else the environment or a prompt is used."),
]
Database = Annotated[Path, typer.Option("--db", help="The gateway's database file.")]
Target = Annotated[
    str,
    typer.Option(help="Whom it is for: a Box's address, a group's (like 0xF001), or all."),
]
Port = Annotated[
    str | None,
    typer.Argument(
        metavar="PORT",
        help="The board's serial port, like /dev/ttyACM0; may be left out if there is one board.",
    ),
]
