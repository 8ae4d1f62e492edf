"""What boto3 makes of the endpoint: each case prints one JSON object. Usage: boto3_cases.py CASE ENDPOINT MODEL"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

case, endpoint, model = sys.argv[1:]
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="local",
    aws_secret_access_key="local",
    config=Config(retries={"total_max_attempts": 1}),
)


def ask(text):
    return {"modelId": model, "messages": [{"role": "user", "content": [{"text": text}]}]}


def show(**members):
    print(json.dumps(members))


question = "What is 17 + 25? Answer with the number only."

if case == "text":
    answer = client.converse(**ask(question))
    show(
        text=answer["output"]["message"]["content"][0]["text"],
        stopReason=answer["stopReason"],
        total=answer["usage"]["totalTokens"] == answer["usage"]["inputTokens"] + answer["usage"]["outputTokens"],
    )
elif case == "stream":
    events = list(client.converse_stream(**ask(question))["stream"])
    text = "".join(event.get("contentBlockDelta", {}).get("delta", {}).get("text", "") for event in events)
    show(text=text, last=list(events[-1])[0])
elif case == "tool":
    specification = {
        "name": "get_weather",
        "description": "The current weather of a city.",
        "inputSchema": {
            "json": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        },
    }
    answer = client.converse(**ask("What is the weather in Toronto?"), toolConfig={"tools": [{"toolSpec": specification}]})
    calls = [block["toolUse"] for block in answer["output"]["message"]["content"] if "toolUse" in block]
    show(stopReason=answer["stopReason"], name=calls[0]["name"], input=calls[0]["input"])
elif case == "refusal":
    turn = {"role": "user", "content": [{"text": "Hello"}]}
    try:
        client.converse(modelId=model, messages=[turn, turn])
    except ClientError as error:
        show(code=error.response["Error"]["Code"], message=error.response["Error"]["Message"])
elif case == "fault":
    try:
        for event in client.converse_stream(**ask(question))["stream"]:
            pass
    except EventStreamError as error:
        show(code=error.response["Error"]["Code"], message=error.response["Error"]["Message"])
elif case == "invoke":
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": question}]}
    stream = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))["body"]
    chunks = [json.loads(event["chunk"]["bytes"]) for event in stream]
    show(first=chunks[0]["type"], metrics=sorted(chunks[-1]["amazon-bedrock-invocationMetrics"]))
