from flask import Flask

app = Flask(__name__)


@app.get("/hello/<name>")
def hello(name):
    return f"Hello {name} from Python\n"
