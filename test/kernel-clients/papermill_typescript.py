"""Runs a TypeScript notebook through papermill, with parameters: what papermill itself knows of no such language.

    python papermill_typescript.py in.ipynb out.ipynb '{"name": "value"}'
"""
import json
import sys

import papermill
from papermill.translators import Translator, papermill_translators


class TypeScriptTranslator(Translator):
    @classmethod
    def translate(cls, value):
        return json.dumps(value)

    @classmethod
    def comment(cls, text):
        return f"// {text}"

    @classmethod
    def assign(cls, name, value):
        return f"let {name} = {value};"


papermill_translators.register("typescript", TypeScriptTranslator)
papermill.execute_notebook(sys.argv[1], sys.argv[2], parameters=json.loads(sys.argv[3]))
