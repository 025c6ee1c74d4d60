"""The command line: `wildgym`, or `python -m wildgym.benchmarks`."""

import typer

from wildgym.benchmarks.bench import bench
from wildgym.benchmarks.catalogue import catalogue
from wildgym.benchmarks.doctor import doctor
from wildgym.benchmarks.play import play
from wildgym.benchmarks.sandbox import sandbox
from wildgym.benchmarks.serve import serve
from wildgym.benchmarks.tasks import app as tasks

app = typer.Typer(
    name="wildgym",
    help="Environments for tool-using agents, perturbed along the whole trajectory.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("bench")(bench)
app.command("list")(catalogue)
app.command("play")(play)
app.command("doctor")(doctor)
app.command("serve")(serve)
app.add_typer(sandbox, name="sandbox")
app.add_typer(tasks, name="tasks")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
