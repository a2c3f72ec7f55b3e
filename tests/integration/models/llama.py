"""A real model behind an OpenAI-compatible endpoint: `python llama.py MODEL PORT`, a process that can be killed.

The model is a base model and has no chat template: what is sent is what it goes on from, so prompts show by example
what is wanted.
"""

import sys
import threading

import xllamacpp  # type: ignore[import-untyped]  # it has no types

PLAIN = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def main() -> None:
    """Serve until killed."""
    params = xllamacpp.CommonParams()
    params.model.path, params.port = sys.argv[1], int(sys.argv[2])
    params.hostnames = ["127.0.0.1"]
    params.n_ctx, params.n_parallel = 2048, 2
    params.cpuparams.n_threads = 1  # it waits for other threads by spinning, which is slow where cores are shared
    params.chat_template, params.use_jinja, params.warmup = PLAIN, True, False
    params.endpoint_slots = True
    server = xllamacpp.Server(params)  # it ends with its last reference
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
