"""A small web application: one page, and one for the health check."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    name = os.environ.get("GREETING_NAME", "everybody")
    return f"Hello from Flask, {name}\n"


@app.get("/health")
def health():
    return "ok\n"
