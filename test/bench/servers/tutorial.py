"""The service as its tutorial has it: Flask, and requests without a session; opens, routes and labels before it answers."""

import os
import time

import requests
from flask import Flask, jsonify, request

BASE_URL = os.environ["CXONE_BASE_URL"]
CONVERSATIONS = BASE_URL + "/api/v2/conversations/webchat"
QUEUES = {
    "transfer_to_sales": os.environ["SALES_QUEUE_ID"],
    "transfer_to_support": os.environ["SUPPORT_QUEUE_ID"],
}

app = Flask(__name__)
token = {"value": None, "expires": 0.0}


def headers():
    if token["value"] is None or time.time() >= token["expires"] - 60:
        credentials = {
            "grant_type": "client_credentials",
            "client_id": os.environ["CXONE_CLIENT_ID"],
            "client_secret": os.environ["CXONE_CLIENT_SECRET"],
        }
        answer = requests.post(BASE_URL + "/oauth/token", data=credentials)
        answer.raise_for_status()
        granted = answer.json()
        token["expires"] = time.time() + granted["expires_in"]
        token["value"] = granted["access_token"]
    return {"Authorization": "Bearer " + token["value"]}


def open_conversation(user):
    conversation = {"userId": user, "name": "Webchat from Cognigy", "labels": {"source": "cognigy"}}
    answer = requests.post(CONVERSATIONS, json=conversation, headers=headers())
    if answer.status_code == 409:
        answer = requests.get(CONVERSATIONS, params={"userId": user, "status": "ACTIVE"}, headers=headers())
        answer.raise_for_status()
        return answer.json()["items"][0]["id"]
    answer.raise_for_status()
    return answer.json()["id"]


@app.post("/webhook/cognigy")
def webhook():
    if not request.is_json:
        return jsonify(error="Invalid content type"), 400
    body = request.json
    intent = body.get("intent", {}).get("name")
    user = body.get("user", {}).get("id")
    if not intent or not user:
        return jsonify(error="Missing required fields"), 400
    queue = QUEUES.get(intent)
    if queue is None:
        return jsonify(error="Unsupported intent"), 400
    try:
        conversation = open_conversation("cognigy_" + user)
        url = CONVERSATIONS + "/" + conversation
        action = {"action": "queue", "to": {"queueId": queue}}
        requests.post(url + "/actions", json=action, headers=headers()).raise_for_status()
        requests.put(url + "/labels", json={"labels": {"cognigy_intent": intent}}, headers=headers())
    except requests.RequestException as error:
        return jsonify(error=str(error)), 500
    return jsonify(status="success", conversationId=conversation)
