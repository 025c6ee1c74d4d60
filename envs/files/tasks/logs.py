"""Tasks about finding something in logs."""

from wildgym.envs.files.formats import Csv, JsonDocument
from wildgym.envs.files.solving import python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.scenario import Solution
from wildgym.tools import Rng
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files, search_text

_PATHS = ("/cart", "/search", "/login", "/orders", "/products", "/account", "/checkout")
_PARTS = ("gateway", "billing", "stock", "mailer")
_PROBLEMS = ("connection reset", "queue is full", "no such item", "disk quota exceeded")


def _times(rng: Rng, count: int) -> list[str]:
    """Return times of one day, in order."""
    seconds = sorted(rng.integer(0, 86_399) for _ in range(count))
    return [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in seconds]


@task
def slowest_endpoint(scene: Scene) -> Drawn:
    """Means of groups, over one log."""
    rng = scene.rng
    pace = {path: rng.integer(40, 400) for path in _PATHS}
    status = rng.pick((200, 201))
    lines: list[str] = []
    times: dict[str, list[int]] = {}
    for at in _times(rng, 220):
        path, code = rng.pick(_PATHS), rng.pick((200, 200, 201, 404, 500))
        took = pace[path] + rng.integer(0, 300) + (3000 if code == 500 else 0)
        lines.append(
            f"10.0.{rng.integer(0, 9)}.{rng.integer(1, 250)} {at} GET {path} {code} {took}ms\n"
        )
        if code == status:
            times.setdefault(path, []).append(took)
    means = {path: sum(took) / len(took) for path, took in times.items()}
    slowest = max(means, key=lambda path: means[path])
    log = scene.put("logs/access.log", "".join(lines))
    return ask(
        "Which path in {log} takes longest on average, by its requests that were answered with"
        " {status}?",
        "Report the path, and the average in milliseconds with two decimals, in this form: path,"
        " average.",
        log=log,
        status=status,
    ), Goal(answer=[slowest, round(means[slowest], 2)])


@slowest_endpoint.solution
def _(log: str, status: int) -> Solution:
    yield view_file(path=log, last_line=5)
    awk = """
    awk -v status="$status" '$5 == status {n[$4] += 1; sum[$4] += $6}
        END {for (path in n) printf "%.2f %s\\n", sum[path] / n[path], path}' "$log" |
    sort -rn | head -n 1
    """
    (line,) = yield from shell(awk, log=log, status=status)
    mean, path = line.split()
    return [path, float(mean)]


@task
def first_error_after(scene: Scene) -> Drawn:
    """The first of several lines that come after another."""
    rng = scene.rng
    times = _times(rng, 160)
    release = f"{rng.integer(2, 9)}.{rng.integer(0, 30)}"
    start = rng.integer(50, 90)
    part = rng.pick(_PARTS)
    lines, first = [], ""
    for n, at in enumerate(times):
        level, who = rng.pick(("INFO", "INFO", "INFO", "WARN", "ERROR")), rng.pick(_PARTS)
        if n == start:
            lines.append(f"{at} INFO deploy release {release} is live\n")
            continue
        if n == start + 25:
            level, who = "ERROR", part
        code = f"E{rng.integer(1000, 9999)}"
        text = f"{rng.pick(_PROBLEMS)} [{code}]" if level == "ERROR" else "request served"
        lines.append(f"{at} {level} {who} {text}\n")
        if n > start and level == "ERROR" and who == part:
            first = first or code
    log = scene.put(f"logs/{scene.today}.log", "".join(lines))
    return ask(
        "Release {release} went live during the day that {log} is of.",
        "What is the code in brackets of the first error of {part} after that?",
        release=release,
        log=log,
        part=part,
    ), Goal(answer=first)


@first_error_after.solution
def _(release: str, log: str, part: str) -> Solution:
    (live,) = yield search_text(text=f"release {release} is live", pattern=log)
    for found in (yield search_text(text=f" ERROR {part} ", pattern=log)):
        if found["line"] > live["line"]:
            return found["text"].rpartition("[")[2].rstrip("]")
    return None


@task
def follow_request(scene: Scene) -> Drawn:
    """One request through the logs of several services."""
    rng = scene.rng
    requests = [f"{rng.integer(16**7, 16**8 - 1):08x}" for _ in range(30)]
    asked = rng.pick(requests)
    times = iter(_times(rng, 400))
    logs: dict[str, list[str]] = {part: [] for part in _PARTS}
    took: list[tuple[str, int]] = []
    for request in rng.shuffled(requests):
        for part in rng.sample(_PARTS, rng.integer(3, 4)):
            duration = rng.integer(3, 900)
            logs[part].append(f"{next(times)} request={request} took={duration}\n")
            took += [(part, duration)] if request == asked else []
    for part, lines in logs.items():
        scene.put(f"logs/{part}.log", "".join(lines))
    return ask(
        "Follow the request {request} through the logs in {folder}: one file for each service.",
        "Report the services that it came through, and the sum of what it took there, in this form:"
        " services, sum.",
        request=asked,
        folder="logs",
    ), Goal(answer=[*(part for part, _ in took), sum(duration for _, duration in took)])


@follow_request.solution
def _(request: str, folder: str) -> Solution:
    yield find_files(pattern=f"{folder}/*")
    found = yield search_text(text=f"request={request}", pattern=f"{folder}/*")
    services = [line["path"].rpartition("/")[2].removesuffix(".log") for line in found]
    return [*services, sum(int(line["text"].rpartition("=")[2]) for line in found)]


@task
def failed_logins(scene: Scene) -> Drawn:
    """Who failed often, over the logs of several days, as a table."""
    rng = scene.rng
    addresses = [f"10.{rng.integer(0, 99)}.{rng.integer(0, 99)}.{n}" for n in range(1, 15)]
    weights = [address for n, address in enumerate(addresses) for _ in range(1 + n * n // 8)]
    counts: dict[str, int] = {}
    for back in range(4):
        lines = []
        for at in _times(rng, 60):
            address, failed = rng.pick(weights), rng.chance(0.6)
            user = rng.pick(scene.employees).email.partition("@")[0]
            said = "failed password for" if failed else "accepted password for"
            lines.append(f"{at} sshd: {said} {user} from {address}\n")
            counts[address] = counts.get(address, 0) + failed
        scene.put(f"logs/auth/{back + 1}.log", "".join(lines))
    least = sorted(counts.values())[-5]
    rows = sorted(
        ((a, n) for a, n in counts.items() if n >= least), key=lambda row: (-row[1], row[0])
    )
    path = f"reports/{rng.pick(('failed-logins', 'suspects', 'addresses'))}.csv"
    return ask(
        "Write a CSV file {path} with the columns address and failures, from all logs in {folder}:"
        " the addresses from which at least {least} logins failed.",
        "Sort them by the number of failures, the most first, and then by address as text.",
        path=path,
        folder="logs/auth",
        least=least,
    ), Goal({path: Csv(("address", "failures"), rows)})


@failed_logins.solution
def _(path: str, folder: str, least: int) -> Solution:
    yield find_files(pattern=f"{folder}/*")
    yield view_file(path=f"{folder}/1.log", last_line=4)
    commands = """
    mkdir -p "$(dirname "$path")"
    echo address,failures > "$path"
    grep -h "failed password" "$folder"/*.log | awk '{print $NF}' | sort | uniq -c |
    awk -v least="$least" '$1 >= least {print $2 "," $1}' |
    LC_ALL=C sort -t, -k2,2nr -k1,1 >> "$path"
    """
    yield from shell(commands, path=path, folder=folder, least=least)
    return None


@task
def errors_by_hour(scene: Scene) -> Drawn:
    """Counts in JSON, of which those that are zero count too."""
    rng = scene.rng
    hours: dict[str, int] = {f"{hour:02}": 0 for hour in range(24)}
    lines = []
    for at in _times(rng, 200):
        level, part = rng.pick(("INFO", "INFO", "WARN", "ERROR")), rng.pick(_PARTS)
        text = rng.pick((*_PROBLEMS, "ERROR pages were shown"))
        lines.append(f"{scene.today}T{at}Z {level} {part}: {text}\n")
        hours[at[:2]] += level == "ERROR"
    log = scene.put("logs/service.log", "".join(lines))
    path = f"reports/{rng.pick(('errors', 'by-hour', 'hours'))}.json"
    return ask(
        "Count the lines of level {level} in {log} by the hour.",
        "Write a JSON file {path}: an object with the keys 00 to 23 and the numbers of these lines,"
        " also where there are none.",
        level="ERROR",
        log=log,
        path=path,
    ), Goal({path: JsonDocument(hours)})


@errors_by_hour.solution
def _(level: str, log: str, path: str) -> Solution:
    yield view_file(path=log, last_line=5)
    code = """
    import json, os
    hours = {f"{hour:02}": 0 for hour in range(24)}
    for line in open(log):
        time, found, _ = line.split(" ", 2)
        hours[time[11:13]] += found == level
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(hours, file, indent=2)
    """
    yield from python(code, level=level, log=log, path=path)
    return None
