"""Writes what differs in every recording of one cloud in one way: ids, times, tokens, secrets, addresses, lists without order.

Ids are counted by first appearance in their recording, so that an exchange more shifts few of them, and one thing has one id in
all recordings. Times keep their form; what they are is said by their key alone. Used by tools/contract-samples.
"""

import calendar
import hashlib
import json
import re

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
NOBODY = "00000000-0000-0000-0000-000000000000"
REQUEST = re.compile(r"req-" + UUID.pattern)
TRANSACTION = re.compile(r"tx[0-9a-f]{21}-[0-9a-f]{10}")
TOKEN = re.compile(r"gAAAA[\w-]*\.\.\.TOKEN")
SIGNATURE = re.compile(r"(temp_url_sig=)[0-9a-f]+")
EXPIRY = re.compile(r"(temp_url_expires=)\d+")
RESERVATION = re.compile(r"^r-[0-9a-z]{8}$")
MAC = re.compile(r"^fa:16:3e(:[0-9a-f]{2}){3}$")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)([T ])(\d\d):(\d\d):(\d\d)(\.\d+)?")
RFC = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")

# Keys whose 32 hexadecimal digits say what the data are, not which thing it is.
DATA = {"checksum", "etag", "hash", "content-md5", "os_hash_value", "fingerprint", "message", "explanation"}
ADDRESSES = {"addr", "ip_address", "fixed_ip_address", "floating_ip_address"}
# Whatever was recorded within these days of an answer is a time of the recording.
DAYS = 3
# The one hour of all recordings: 2026-01-01 12:00, and what comes after it.
NOON = calendar.timegm((2026, 1, 1, 12, 0, 0))
LATER = {
    "expires_at": 3600,
    "x-delete-at": 3600,
    "updated": 60,
    "updated_at": 60,
    "OS-SRV-USG:launched_at": 60,
    "OS-SRV-USG:terminated_at": 120,
    "finish_time": 60,
}


def each_text(value, key=""):
    """Every string in a JSON value with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, key
            yield from each_text(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from each_text(inner, key)
    elif isinstance(value, str):
        yield value, key


def changed(value, change, key=""):
    """The value with `change(text, key)` in place of every string."""
    if isinstance(value, dict):
        return {change(name, ""): changed(inner, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [changed(inner, change, key) for inner in value]
    return change(value, key) if isinstance(value, str) else value


class Words:
    def __init__(self):
        self.ids = {}

    def in_one_way(self, name, exchanges):
        """A recording with its ids, times, and lists as they are in every recording."""
        prefix = hashlib.md5(name.encode()).hexdigest()[:8]
        known = {
            text
            for text, key in each_text(exchanges)
            if HEX.fullmatch(text) and (key.lower().endswith("id") or key.lower() in ("owner", "tenant", "project", "member"))
        }
        counted = 0
        done = []
        for exchange in exchanges:
            moment = exchange["at"]
            exchange = self.ordered(name, exchange)
            for text, key in each_text(exchange):
                if key.lower() in DATA:
                    continue
                bare = REQUEST.sub("", text)
                for one in UUID.findall(bare) + [h for h in HEX.findall(bare) if h in known]:
                    if one not in self.ids and one != NOBODY:
                        counted += 1
                        self.ids[one] = f"{prefix}-0000-4000-8000-{counted:012x}"
                        if "-" not in one:
                            self.ids[one] = self.ids[one].replace("-", "")
            done.append(changed(exchange, lambda text, key: self.one_text(text, key, moment)))
        for exchange in done:
            moment = exchange["at"]
            answer = exchange.get("response") or {}
            if answer.get("headers"):
                answer["headers"] = [[n, self.one_header(n, v, moment)] for n, v in answer["headers"]]
            headers = exchange["request"]["headers"]
            if isinstance(headers, dict):
                exchange["request"]["headers"] = {n: self.one_header(n, v, moment) for n, v in headers.items()}
        return done

    def one_text(self, text, key, moment):
        text = UUID.sub(lambda m: self.ids.get(m.group(), m.group()), text)
        text = HEX.sub(lambda m: self.ids.get(m.group(), m.group()), text)
        text = TOKEN.sub("gAAAAA...TOKEN", text)
        text = SIGNATURE.sub(lambda m: m.group(1) + "0" * (len(m.group()) - len(m.group(1))), text)
        text = EXPIRY.sub(rf"\g<1>{NOON + 600}", text)
        text = ISO.sub(lambda m: self.one_time(m, key, moment), text)
        text = RFC.sub("Thu, 01 Jan 2026 12:00:00 GMT", text)
        if key == "hostId" and text:
            text = "1".zfill(len(text))
        elif key == "audit_ids":
            text = "audit".ljust(len(text), "0")
        elif key == "adminPass":
            text = "admin".ljust(len(text), "0")
        elif key == "secret" and len(text) > 20:
            text = "secret".ljust(len(text), "0")
        elif RESERVATION.match(text):
            text = "r-00000001"
        return text

    def one_time(self, match, key, moment):
        year, month, day, between, hour, minute, second, rest = match.groups()
        if not 1 <= int(month) <= 12:
            return match.group()
        then = calendar.timegm((int(year), int(month), int(day), int(hour), int(minute), int(second)))
        if abs(then - moment) > DAYS * 86_400:
            return match.group()
        shown = NOON + LATER.get(key, 0)
        return f"2026-01-01{between}{12 + (shown - NOON) // 3600:02}:{(shown - NOON) // 60 % 60:02}:00" + (
            "." + "0" * (len(rest) - 1) if rest else ""
        )

    def one_header(self, name, value, moment):
        name = name.lower()
        if name in ("x-auth-token", "x-subject-token") and value and value != "rubbish":
            return "gAAAAA...TOKEN"
        if (name == "allow" or name.startswith("access-control-")) and "," in value:
            # A set, in the order of chance.
            return ", ".join(sorted(value.replace(" ", "").split(","), key=str.lower))
        stamp = re.fullmatch(r"(\d{10})(\.\d+)?", value)
        if stamp and abs(int(stamp.group(1)) - moment) < DAYS * 86_400:
            return str(NOON + LATER.get(name, 0)) + ("." + "0" * (len(stamp.group(2)) - 1) if stamp.group(2) else "")
        return value

    def ordered(self, name, exchange):
        """Lists that a service gives in the order of their random ids, in the order of what is in them."""
        path = exchange["request"]["line"].split(" ")[1]
        # Whoever asks for an order gets it.
        by_chance = (name in ("keystone", "neutron") or "/flavors" in path) and "sort" not in path
        answer = exchange.get("response")
        if not (by_chance and answer and isinstance(answer.get("body"), dict)):
            return exchange
        return {**exchange, "response": {**answer, "body": self.in_order(answer["body"])}}

    def in_order(self, value):
        if isinstance(value, dict):
            return {key: self.in_order(inner) for key, inner in value.items()}
        if isinstance(value, list):
            value = [self.in_order(inner) for inner in value]
            if all(isinstance(inner, dict) and "id" in inner for inner in value):
                value.sort(key=self.content)
            elif all(isinstance(inner, str) and UUID.fullmatch(inner) for inner in value):
                value.sort(key=lambda one: self.ids.get(one, ""))
        return value

    @staticmethod
    def content(thing):
        """What a thing is, without its ids."""
        name = thing.get("name") or thing.get("type") or thing.get("interface") or ""
        text = json.dumps(thing, sort_keys=True)
        return (name, HEX.sub("", ISO.sub("", UUID.sub("", text))), thing["id"])

    def in_one_sample(self, sample):
        """A sample in which request ids and addresses are counted from the start."""
        seen = {}

        def change(text, key):
            text = REQUEST.sub(lambda m: f"req-{NOBODY[:-12]}{number('request', m.group()):012}", text)
            text = TRANSACTION.sub(lambda m: f"tx{number('transaction', m.group()):021}-0000000000", text)
            if MAC.match(text):
                text = f"fa:16:3e:00:00:{number('mac', text):02x}"
            elif key in ADDRESSES and re.fullmatch(r"(\d+\.){3}\d+", text) and not text.endswith(".1"):
                text = text[: text.rindex(".") + 1] + str(100 + number("address", text))
            return text

        def number(kind, text):
            return seen.setdefault((kind, text), 1 + sum(1 for known in seen if known[0] == kind))

        return {**sample, "response": changed(sample["response"], change)}
