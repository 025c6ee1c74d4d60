"""Tasks over moto's AWS server: objects, items and messages, and how each could be done."""

from wildgym.tools import ToolCall
from wildgym.wrap import WrappedTask

QUEUE = "http://127.0.0.1/123456789012/{}"


def call(tool, **arguments):
    return {"tool": tool, "arguments": arguments}


def bucket(name, **objects):
    """Calls that make a bucket with objects."""
    keys = {key.replace("__", "."): text for key, text in objects.items()}
    puts = [call("put_object", bucket=name, key=key, body=text) for key, text in keys.items()]
    return [call("create_bucket", bucket=name), *puts]


def table(name, *items):
    """Calls that make a table with items, each a mapping of texts."""
    made = call(
        "create_table",
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    puts = [call("put_item", TableName=name, Item=typed(**item)) for item in items]
    return [made, *puts]


def queue(name, *messages):
    """Calls that make a queue with messages."""
    sends = [
        call("send_message", QueueUrl=QUEUE.format(name), MessageBody=text) for text in messages
    ]
    return [call("create_queue", QueueName=name), *sends]


def typed(**values):
    return {name: {"S": value} for name, value in values.items()}


def items(ask, name):
    """What a table holds, by key."""
    return {item["id"]["S"]: item for item in ask("scan", TableName=name)["Items"]}


def texts(ask, name, *keys):
    return [ask("get_object", bucket=name, key=key) for key in keys]


def waiting(ask, name):
    """How many messages a queue still has."""
    told = ask("get_queue_attributes", QueueUrl=QUEUE.format(name), AttributeNames=["All"])
    known = told["Attributes"]
    hidden = int(known["ApproximateNumberOfMessagesNotVisible"])
    return int(known["ApproximateNumberOfMessages"]) + hidden


def delete_drafts(facts):
    for key in ("draft-1.txt", "draft-2.txt"):
        yield ToolCall("delete_object", {"bucket": "letters", "key": key})


def find_object(facts):
    for key in ("a.txt", "b.txt", "c.txt"):
        text = yield ToolCall("get_object", {"bucket": "notes", "key": key})
        if facts["word"] in text:
            return key


def rename(facts):
    source = f"/photos/{facts['old']}"
    yield ToolCall(
        "copy_object", {"bucket": "photos", "key": facts["new"], "x_amz_copy_source": source}
    )
    yield ToolCall("delete_object", {"bucket": "photos", "key": facts["old"]})


def count_open(facts):
    found = yield ToolCall("scan", {"TableName": "tickets"})
    return sum(item["state"]["S"] == "open" for item in found["Items"])


def delete_expired(facts):
    found = yield ToolCall("scan", {"TableName": "tokens"})
    for item in found["Items"]:
        if item["state"]["S"] == "expired":
            yield ToolCall("delete_item", {"TableName": "tokens", "Key": {"id": item["id"]}})


def look_up(facts):
    key = {"id": {"S": facts["customer"]}}
    found = yield ToolCall("get_item", {"TableName": "customers", "Key": key})
    return found["Item"]["city"]["S"]


def set_state(facts):
    item = typed(id=facts["order"], state="shipped", customer="cus-2")
    yield ToolCall("put_item", {"TableName": "orders", "Item": item})


def drain(facts):
    url = QUEUE.format("signups")
    found = yield ToolCall("receive_messages", {"QueueUrl": url, "MaxNumberOfMessages": 10})
    for message in found["Messages"]:
        item = typed(id=message["Body"])
        yield ToolCall("put_item", {"TableName": "members", "Item": item})
        handle = message["ReceiptHandle"]
        yield ToolCall("delete_message", {"QueueUrl": url, "ReceiptHandle": handle})


def delete_as_asked(facts):
    url = QUEUE.format("removals")
    found = yield ToolCall("receive_messages", {"QueueUrl": url, "MaxNumberOfMessages": 10})
    for message in found["Messages"]:
        yield ToolCall("delete_object", {"bucket": "files", "key": message["Body"]})
        handle = message["ReceiptHandle"]
        yield ToolCall("delete_message", {"QueueUrl": url, "ReceiptHandle": handle})


def export(facts):
    found = yield ToolCall("scan", {"TableName": "codes"})
    lines = sorted(item["id"]["S"] for item in found["Items"])
    yield ToolCall(
        "put_object", {"bucket": "exports", "key": "codes.txt", "body": "\n".join(lines)}
    )


TASKS = [
    WrappedTask(
        name="s3/upload",
        request="Put an object {key} into the bucket {bucket} that says: {text}",
        facts={"key": "motto.txt", "bucket": "words", "text": "slow is smooth"},
        setup=bucket("words"),
        solution=[call("put_object", bucket="words", key="motto.txt", body="slow is smooth")],
        check=[call("get_object", bucket="words", key="motto.txt") | {"equals": "slow is smooth"}],
    ),
    WrappedTask(
        name="s3/delete_drafts",
        request="Delete everything from the bucket {bucket} whose name begins with {prefix}.",
        facts={"bucket": "letters", "prefix": "draft-"},
        setup=bucket("letters", **{"draft-1.txt": "a", "final.txt": "b", "draft-2.txt": "c"}),
        solution=delete_drafts,
        check=[
            call("list_objects", bucket="letters") | {"lacks": "draft-"},
            call("get_object", bucket="letters", key="final.txt") | {"equals": "b"},
        ],
    ),
    WrappedTask(
        name="s3/find_object",
        request="Which object of the bucket {bucket} mentions {word}? Report its name.",
        facts={"bucket": "notes", "word": "marzipan"},
        setup=bucket(
            "notes",
            **{"a.txt": "buy milk", "b.txt": "marzipan for Ida", "c.txt": "call the plumber"},
        ),
        solution=find_object,
        answer="b.txt",
    ),
    WrappedTask(
        name="s3/rename",
        request="Rename {old} to {new} in the bucket {bucket}.",
        facts={"bucket": "photos", "old": "img1.txt", "new": "summit.txt"},
        setup=bucket("photos", **{"img1.txt": "rocks", "img2.txt": "lake"}),
        solution=rename,
        check=lambda ask: (
            texts(ask, "photos", "summit.txt", "img2.txt") == ["rocks", "lake"]
            and "img1.txt" not in ask("list_objects", bucket="photos")
        ),
    ),
    WrappedTask(
        name="s3/make_bucket",
        request="Make a bucket {bucket}.",
        facts={"bucket": "minutes-2032"},
        solution=[call("create_bucket", bucket="minutes-2032")],
        check=[call("list_buckets") | {"contains": "<Name>minutes-2032</Name>"}],
    ),
    WrappedTask(
        name="dynamodb/look_up",
        request="In which city is customer {customer}, by the table {table}?",
        facts={"customer": "cus-7", "table": "customers"},
        setup=table("customers", {"id": "cus-6", "city": "Oslo"}, {"id": "cus-7", "city": "Turku"}),
        solution=look_up,
        answer="Turku",
    ),
    WrappedTask(
        name="dynamodb/count_open",
        request="How many items of the table {table} have the state {state}?",
        facts={"table": "tickets", "state": "open"},
        setup=table(
            "tickets", *({"id": f"t{n}", "state": "closed" if n % 3 else "open"} for n in range(7))
        ),
        solution=count_open,
        answer=3,
    ),
    WrappedTask(
        name="dynamodb/delete_expired",
        request="Delete all items of the table {table} whose state is {state}, and no others.",
        facts={"table": "tokens", "state": "expired"},
        setup=table(
            "tokens", *({"id": f"k{n}", "state": "valid" if n % 2 else "expired"} for n in range(5))
        ),
        solution=delete_expired,
        check=lambda ask: items(ask, "tokens").keys() == {"k1", "k3"},
    ),
    WrappedTask(
        name="dynamodb/set_state",
        request="Set the state of order {order} in the table {table} to {state}; keep the rest.",
        facts={"order": "ord-3", "table": "orders", "state": "shipped"},
        setup=table(
            "orders",
            {"id": "ord-3", "state": "paid", "customer": "cus-2"},
            {"id": "ord-4", "state": "paid", "customer": "cus-5"},
        ),
        solution=set_state,
        check=lambda ask: (
            items(ask, "orders")
            == {
                "ord-3": typed(id="ord-3", state="shipped", customer="cus-2"),
                "ord-4": typed(id="ord-4", state="paid", customer="cus-5"),
            }
        ),
    ),
    WrappedTask(
        name="sqs/send",
        request="Send a message to the queue {queue} that says: {text}",
        facts={"queue": QUEUE.format("alerts"), "text": "valve 4 is open"},
        setup=queue("alerts"),
        solution=[
            call("send_message", QueueUrl=QUEUE.format("alerts"), MessageBody="valve 4 is open")
        ],
        check=lambda ask: (
            [
                message["Body"]
                for message in ask(
                    "receive_messages", QueueUrl=QUEUE.format("alerts"), MaxNumberOfMessages=10
                ).get("Messages", ())
            ]
            == ["valve 4 is open"]
        ),
    ),
    WrappedTask(
        name="mixed/drain",
        request=(
            "Each message of the queue {queue} names a member. Put an item with that id into the"
            " table {table} for each, and leave no message behind."
        ),
        facts={"queue": QUEUE.format("signups"), "table": "members"},
        setup=[*queue("signups", "ida", "noor", "emil"), *table("members", {"id": "tove"})],
        solution=drain,
        check=lambda ask: (
            items(ask, "members").keys() == {"ida", "noor", "emil", "tove"}
            and waiting(ask, "signups") == 0
        ),
    ),
    WrappedTask(
        name="mixed/delete_as_asked",
        request=(
            "The messages of the queue {queue} name objects of the bucket {bucket} that have to go."
            " Delete those objects, and each message when it is done."
        ),
        facts={"queue": QUEUE.format("removals"), "bucket": "files"},
        setup=[
            *queue("removals", "two.txt", "four.txt"),
            *bucket("files", **{f"{n}.txt": n for n in ("one", "two", "three", "four")}),
        ],
        solution=delete_as_asked,
        check=lambda ask: (
            waiting(ask, "removals") == 0
            and texts(ask, "files", "one.txt", "three.txt") == ["one", "three"]
            and not {"two.txt", "four.txt"}
            & set(ask("list_objects", bucket="files").split("<Key>"))
            and ask("list_objects", bucket="files").count("<Key>") == 2
        ),
    ),
    WrappedTask(
        name="mixed/export",
        request=(
            "Write the ids of all items of the table {table} into the object {key} of the bucket"
            " {bucket}, one a line, sorted."
        ),
        facts={"table": "codes", "key": "codes.txt", "bucket": "exports"},
        setup=[*table("codes", {"id": "q9"}, {"id": "a4"}, {"id": "m1"}), *bucket("exports")],
        solution=export,
        check=lambda ask: (
            ask("get_object", bucket="exports", key="codes.txt").split() == ["a4", "m1", "q9"]
        ),
    ),
]
