"""The command line: `wildgym`, or `python -m wildgym.benchmarks`."""

import typer

from wildgym.benchmarks.bench import bench
from wildgym.benchmarks.catalogue import catalogue
from wildgym.benchmarks.compare import compare
from wildgym.benchmarks.doctor import doctor
from wildgym.benchmarks.export.command import export
from wildgym.benchmarks.play import play
from wildgym.benchmarks.report.command import report
from wildgym.benchmarks.sandbox import sandbox
from wildgym.benchmarks.serve import serve
from wildgym.benchmarks.tasks import app as tasks
from wildgym.benchmarks.viewer.view import view

app = typer.Typer(
    name="wildgym",
    help="Environments for tool-using agents, perturbed along the whole trajectory.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("bench")(bench)
app.command("compare")(compare)
app.command("export")(export)
app.command("list")(catalogue)
app.command("play")(play)
app.command("report")(report)
app.command("view")(view)
app.command("doctor")(doctor)
app.command("serve")(serve)
app.add_typer(sandbox, name="sandbox")
app.add_typer(tasks, name="tasks")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
