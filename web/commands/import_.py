"""`disposal import`: read files of another system: all or nothing, every bad row reported, safe to repeat."""

from web.commands import Subparsers, register_all


def register(subparsers: Subparsers) -> None:
    """Add the command and the kinds of files it reads."""
    parser = subparsers.add_parser(
        "import",
        help="导入数据文件 · import data files",
        description="Reads a whole file or nothing of it. Every bad row is reported with its line. Safe to repeat.",
    )
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    register_all("web.commands.importing", kinds)
