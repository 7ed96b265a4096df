"""The list of ships in the harbour: kept in PostgreSQL, remembered for a while in Redis."""
import json
import os

import pg8000.dbapi
import redis
from flask import Flask, jsonify, request

app = Flask(__name__)
cache = redis.Redis(host=os.environ.get("CACHE_HOST", "cache"), socket_timeout=2)


def password():
    with open(os.environ["DB_PASSWORD_FILE"]) as file:
        return file.read().strip()


def connect():
    return pg8000.dbapi.connect(
        host=os.environ.get("DB_HOST", "db"),
        user="postgres",
        password=password(),
        database="harbour",
        timeout=3,
    )


@app.get("/api/health")
def health():
    return "ok\n"


@app.get("/api/ships")
def ships():
    remembered = cache.get("ships")
    if remembered:
        return jsonify(source="cache", ships=json.loads(remembered))
    connection = connect()
    try:
        cursor = connection.cursor()
        cursor.execute("select name from ships order by id")
        names = [row[0] for row in cursor.fetchall()]
    finally:
        connection.close()
    cache.setex("ships", 60, json.dumps(names))
    return jsonify(source="database", ships=names)


@app.post("/api/ships")
def arrive():
    name = request.get_data(as_text=True).strip()[:40] or "a ship without a name"
    connection = connect()
    try:
        cursor = connection.cursor()
        cursor.execute("insert into ships (name) values (%s)", (name,))
        connection.commit()
    finally:
        connection.close()
    # What was remembered is not true any more.
    cache.delete("ships")
    return f"{name} has arrived\n", 201
