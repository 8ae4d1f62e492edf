"""Jupyter's own conformance suite, with every sample that it asks for but the pager's: a cell has none."""
import os
import unittest

import jupyter_kernel_test as jkt


class TypeScriptKernelTests(jkt.KernelTests):
    kernel_name = os.environ["KERNEL_UNDER_TEST"]
    language_name = "typescript"
    file_extension = ".ts"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite waits 15 s for an answer, and the first cell waits for the compiler to have read Node's types, which is
        # a second or two: longer where many other things run.
        cls.kc.execute_interactive("0", timeout=120, output_hook=lambda message: None)

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oh no')"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'forty-two'", "result": "forty-two"},
        {"code": "[1, 2, 3].map((n) => n * 2)", "result": "[ 2, 4, 6 ]"},
        {
            "code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>42</b>' }) })",
            "result": "<b>42</b>",
            "mime": "text/html",
        },
    ]
    code_display_data = [
        {"code": "import { display } from 'tslab'; display.html('<b>42</b>')", "mime": "text/html"},
        {"code": "import { display } from 'tslab'; display.svg('<svg></svg>')", "mime": "image/svg+xml"},
        {"code": "import { display } from 'tslab'; display.png(new Uint8Array(8))", "mime": "image/png"},
        {"code": "import { display } from 'tslab'; display.markdown('*42*')", "mime": "text/markdown"},
    ]
    code_clear_output = "console.clear()"
    code_inspect_sample = "Math.max"
    code_history_pattern = "6 [*] 7"
    supported_history_operations = ("tail", "range", "search")

    completion_samples = [
        {"text": "conso", "matches": {"console"}},
        {"text": "Math.ab", "matches": {"abs"}},
        {"text": "'😀'.codePo", "matches": {"codePointAt"}},
    ]
    complete_code_samples = [
        "",
        "1 + 1",
        "const answer: number = 42;",
        "function double(n: number) {\n  return n * 2;\n}",
        "await Promise.resolve(1)",
        "for await (const n of [1]) console.log(n)",
        "const text = `two\nlines`",
        "type Pair<T> = [T, T]; // a comment",
        "interface Named { name: string }",
    ]
    incomplete_code_samples = [
        "f(",
        "function double(n: number) {",
        "const text = `abc",
        "[1, 2,",
        "const answer =",
        "if (true) {\n  console.log(1);",
        "/* a comment",
        "await fetch(",
    ]
    invalid_code_samples = ["a b c", "}", "const 1 = 2", "const s = \"abc", "1 +* 2", "if )"]


class WelcomeTests(jkt.IopubWelcomeTests):
    kernel_name = os.environ["KERNEL_UNDER_TEST"]
    support_iopub_welcome = True


# Without the suite's own empty classes.
del jkt.KernelTests, jkt.IopubWelcomeTests

if __name__ == "__main__":
    unittest.main(verbosity=2)
