"""Six things that every client does: text, stream, a tool's round trip, structured output, a picture, an error."""

import base64
import json

import anthropic
import boto3
import openai
import pytest
from botocore.exceptions import ClientError
from conftest import picture
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.bedrock import BedrockProvider

haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
kimi = "moonshotai.kimi-k2.5"
invalid = "The provided model identifier is invalid."
sum_question = "What is 17 + 25? Answer with the number only."
weather_question = "What is the weather in Toronto?"
weather = "light rain, 4 degrees"
city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
person = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


class Person(BaseModel):
    name: str
    age: int


class TestPydanticAi:
    @pytest.fixture
    def model(self, url):
        def of(name=haiku):
            client = boto3.client("bedrock-runtime", endpoint_url=url, region_name="us-east-1")
            return BedrockConverseModel(name, provider=BedrockProvider(bedrock_client=client))

        return of

    def test_text(self, model):
        result = Agent(model()).run_sync(sum_question)
        assert result.output == "42"
        assert result.usage.output_tokens > 0

    async def test_stream(self, model):
        async with Agent(model()).run_stream(sum_question) as result:
            assert [text async for text in result.stream_text()][-1] == "42"

    @pytest.mark.parametrize("name", [haiku, "us.amazon.nova-lite-v1:0", "us.meta.llama4-maverick-17b-instruct-v1:0", kimi])
    def test_tool(self, model, name):
        agent = Agent(model(name))
        asked = []

        @agent.tool_plain
        def get_weather(city: str) -> str:
            """The current weather of a city."""
            asked.append(city)
            return weather

        assert "light rain" in agent.run_sync(weather_question).output
        assert asked == ["Toronto"]

    def test_structured(self, model):
        result = Agent(model(), output_type=Person).run_sync("Anna is 31 years old.")
        assert result.output == Person(name="Anna", age=31)

    def test_picture(self, model):
        parts = ["What is in this picture?", BinaryContent(picture, media_type="image/png")]
        assert Agent(model()).run_sync(parts).output

    def test_error(self, model):
        with pytest.raises(ModelHTTPError) as refused:
            Agent(model("no-such-model")).run_sync("Hello")
        assert refused.value.status_code == 400
        assert invalid in str(refused.value)


class TestAnthropic:
    @pytest.fixture
    def client(self, url):
        keys = {"aws_access_key": "local", "aws_secret_key": "local"}
        return anthropic.AnthropicBedrock(base_url=url, aws_region="us-east-1", max_retries=0, **keys)

    def ask(self, content, **more):
        return {"model": haiku, "max_tokens": 300, "messages": [{"role": "user", "content": content}], **more}

    def test_text(self, client):
        assert client.messages.create(**self.ask(sum_question)).content[0].text == "42"

    def test_stream(self, client):
        with client.messages.stream(**self.ask(sum_question)) as stream:
            assert stream.get_final_text() == "42"

    def test_tool(self, client):
        tools = [{"name": "get_weather", "description": "The current weather of a city.", "input_schema": city}]
        request = self.ask(weather_question, tools=tools)
        first = client.messages.create(**request)
        call = next(block for block in first.content if block.type == "tool_use")
        assert (first.stop_reason, call.input) == ("tool_use", {"city": "Toronto"})
        result = {"type": "tool_result", "tool_use_id": call.id, "content": weather}
        request["messages"] += [
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": [result]},
        ]
        assert "light rain" in client.messages.create(**request).content[0].text

    def test_structured(self, client):
        form = {"format": {"type": "json_schema", "schema": person}}
        answer = client.messages.create(**self.ask("Anna is 31 years old.", extra_body={"output_config": form}))
        assert json.loads(answer.content[0].text) == {"name": "Anna", "age": 31}

    def test_picture(self, client):
        source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(picture).decode()}
        parts = [{"type": "image", "source": source}, {"type": "text", "text": "What is in this picture?"}]
        assert client.messages.create(**self.ask(parts)).content[0].text

    def test_error(self, client):
        with pytest.raises(anthropic.BadRequestError, match=invalid):
            client.messages.create(**{**self.ask("Hello"), "model": "no-such-model"})


class TestOpenAi:
    @pytest.fixture
    def client(self, url):
        return openai.OpenAI(base_url=f"{url}/openai/v1", api_key="local", max_retries=0)

    def ask(self, content, **more):
        return {"model": kimi, "messages": [{"role": "user", "content": content}], **more}

    def test_text(self, client):
        assert client.chat.completions.create(**self.ask(sum_question)).choices[0].message.content == "42"

    def test_stream(self, client):
        chunks = list(client.chat.completions.create(**self.ask(sum_question, stream=True)))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "42"

    def test_tool(self, client):
        function = {"name": "get_weather", "description": "The current weather of a city.", "parameters": city}
        request = self.ask(weather_question, tools=[{"type": "function", "function": function}])
        message = client.chat.completions.create(**request).choices[0].message
        call = message.tool_calls[0]
        assert json.loads(call.function.arguments) == {"city": "Toronto"}
        request["messages"] += [message, {"role": "tool", "tool_call_id": call.id, "content": weather}]
        assert "light rain" in client.chat.completions.create(**request).choices[0].message.content

    def test_structured(self, client):
        answer = client.chat.completions.parse(**self.ask("Anna is 31 years old.", response_format=Person))
        assert answer.choices[0].message.parsed == Person(name="Anna", age=31)

    def test_error(self, client):
        with pytest.raises(openai.BadRequestError, match=invalid):
            client.chat.completions.create(**{**self.ask("Hello"), "model": "no-such-model"})


class TestBoto3:
    @pytest.fixture
    def client(self, url):
        return boto3.client("bedrock-runtime", endpoint_url=url, region_name="us-east-1")

    def ask(self, *content, **more):
        return {"modelId": haiku, "messages": [{"role": "user", "content": list(content)}], **more}

    def test_tool(self, client):
        spec = {"name": "get_weather", "description": "The current weather of a city.", "inputSchema": {"json": city}}
        request = self.ask({"text": weather_question}, toolConfig={"tools": [{"toolSpec": spec}]})
        message = client.converse(**request)["output"]["message"]
        call = next(block["toolUse"] for block in message["content"] if "toolUse" in block)
        assert call["input"] == {"city": "Toronto"}
        result = {"toolUseId": call["toolUseId"], "content": [{"text": weather}]}
        request["messages"] += [message, {"role": "user", "content": [{"toolResult": result}]}]
        assert "light rain" in client.converse(**request)["output"]["message"]["content"][0]["text"]

    def test_structured(self, client):
        form = {"type": "json_schema", "structure": {"jsonSchema": {"schema": json.dumps(person), "name": "person"}}}
        answer = client.converse(**self.ask({"text": "Anna is 31 years old."}, outputConfig={"textFormat": form}))
        assert json.loads(answer["output"]["message"]["content"][0]["text"]) == {"name": "Anna", "age": 31}

    def test_picture(self, client):
        image = {"image": {"format": "png", "source": {"bytes": picture}}}
        assert client.converse(**self.ask(image, {"text": "What is in this picture?"}))["stopReason"] == "end_turn"

    def test_error(self, client):
        with pytest.raises(ClientError, match=invalid):
            client.converse(**{**self.ask({"text": "Hello"}), "modelId": "no-such-model"})
