"""LangChain's own standard suites, as its authors wrote them, for its clients of Bedrock."""

import os

from langchain_aws import BedrockEmbeddings, ChatBedrockConverse
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

connection = {"endpoint_url": os.environ["LOCAL_BEDROCK"], "region_name": "us-east-1"}


class Converse(ChatModelIntegrationTests):
    model_id = ""

    @property
    def chat_model_class(self):
        return ChatBedrockConverse

    @property
    def chat_model_params(self):
        return {"model": self.model_id, "temperature": 0, **connection}

    @property
    def supports_image_inputs(self):
        return True

    @property
    def supports_image_tool_message(self):
        return True


class TestClaude(Converse):
    model_id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

    @property
    def supports_pdf_inputs(self):
        return True


class TestNova(Converse):
    model_id = "us.amazon.nova-lite-v1:0"


class TestMistral(Converse):
    model_id = "mistral.mistral-large-3-675b-instruct"


class Embeddings(EmbeddingsIntegrationTests):
    model_id = ""

    @property
    def embeddings_class(self):
        return BedrockEmbeddings

    @property
    def embedding_model_params(self):
        return {"model_id": self.model_id, **connection}


class TestTitanEmbeddings(Embeddings):
    model_id = "amazon.titan-embed-text-v2:0"


class TestCohereEmbeddings(Embeddings):
    model_id = "cohere.embed-english-v3"


# The classes above that are no model's own are not tests.
del Converse, Embeddings, ChatModelIntegrationTests, EmbeddingsIntegrationTests
